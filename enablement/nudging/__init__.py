"""Nudges: people are told unasked of what changed for them, seldom, in one message, and only while it is true."""

from enablement.nudging.causes import BATCH as BATCH, note_deals as note_deals
from enablement.nudging.measuring import is_unwelcome as is_unwelcome, measures as measures
from enablement.nudging.news import News as News
from enablement.nudging.sending import (
    MOST_NEWS as MOST_NEWS,
    SEND as SEND,
    TELL as TELL,
    NudgeMessage as NudgeMessage,
    compose as compose,
    drop as drop,
    follow as follow,
    less as less,
    message_of as message_of,
    opened as opened,
    snooze as snooze,
    told as told,
)
