"""The sales process of the sample company: Salesforce's standard stages, those it uses, in order."""

PROSPECTING = "Prospecting"
QUALIFICATION = "Qualification"
NEEDS = "Needs Analysis"
PROPOSAL = "Proposal/Price Quote"
NEGOTIATION = "Negotiation/Review"
WON = "Closed Won"
LOST = "Closed Lost"

OPEN_STAGES = (PROSPECTING, QUALIFICATION, NEEDS, PROPOSAL, NEGOTIATION)
