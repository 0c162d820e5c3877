/** ContentActions.share: a link for each recipient; the state "refused" plays a refusal. */
import panel from "preview/panel";

export default async function share({ contactIds, emails }) {
  if (window.preview.state === "refused") {
    throw { body: { message: "This version expired yesterday. Ask its owner for a new one." } };
  }
  const chosen = panel.contacts.filter((one) => contactIds.includes(one.ContactId));
  const recipients = [
    ...chosen.map(({ Contact }) => ({ name: Contact.Name, email: Contact.Email })),
    ...emails.map((email) => ({ name: "", email })),
  ];
  return recipients.map((one, index) => ({
    ...one,
    url: `https://touchline.example.com/s/preview-${index + 1}`,
    expires: "2026-12-22T12:00:00.000Z",
  }));
}
