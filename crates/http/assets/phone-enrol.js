// On the page with a fresh token's secret, opened in a phone: keeps the token in this phone and proves it in the same tap.
import { codeOf, parse, stepAt } from "/assets/phone-codes.js";
import { canKeep, keep } from "/assets/phone-vault.js";

const found = (id) => document.getElementById(id);
const here = found("keep-here");
// Only where fingers point: on a shared workstation nobody shall be led to leave a token behind.
if (here && canKeep() && matchMedia("(pointer: coarse)").matches) {
  here.hidden = false;
  found("keep-now").addEventListener("click", async (event) => {
    event.target.disabled = true;
    try {
      const token = await keep(parse(found("set-up-address").getAttribute("href")));
      // Computed now and sent now: a pause between would be taken for a slow clock.
      const step = stepAt(Date.now(), token.period);
      found("first").value = await codeOf(token, step - 1);
      found("second").value = await codeOf(token, step);
      found("first").form.requestSubmit();
    } catch {
      found("keep-failed").hidden = false;
    }
  });
}
