/** NavigationMixin: opens web pages in a new tab, as the platform does. */
const Navigate = Symbol("Navigate");

export function NavigationMixin(Base) {
  return class extends Base {
    [Navigate]({ attributes }) {
      window.open(attributes.url, "_blank", "noopener");
    }
  };
}
NavigationMixin.Navigate = Navigate;
