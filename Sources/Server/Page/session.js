// Who looks at this page, and what they may do.

import * as api from "./api.js";
import { SignIn } from "./sign-in.js";

const roles = ["viewer", "operator", "admin"];

let session = null;

/** Whether whoever looks may do what a role may. */
export const may = (role) => roles.indexOf(session?.role ?? "viewer") >= roles.indexOf(role);

/**
 * Resolves once it is known who looks: at once where nobody has to say, else when somebody has signed in.
 * @returns {Promise<{user: string|null, role: string, open: boolean, has_password: boolean}>}
 */
export async function begin() {
  session = await ask();
  const key = session.awaits_first_admin ? firstAdminKey() : null;
  if (!session.signed_in || key) {
    session = await new SignIn(key).shown();
    history.replaceState(null, "", location.pathname + location.search);
  }
  document.documentElement.dataset.role = session.role ?? "viewer";
  return session;
}

/** A server that is away may come back: the page waits for it, as it does later. */
async function ask() {
  for (let wait = 500; ; wait = Math.min(wait * 2, 5_000)) {
    try {
      return await api.session();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

/** The socket was not let in: somebody else may have to sign in, or the same one again. */
export async function askAgain() {
  const now = await api.session().catch(() => null);
  if (now && (!now.signed_in || now.role !== session?.role)) location.reload();
}

/** What stands behind the link that the server printed at its start. It never leaves the page but to be used. */
function firstAdminKey() {
  const found = /^#first-admin=([\w-]+)$/.exec(location.hash);
  return found ? found[1] : null;
}
