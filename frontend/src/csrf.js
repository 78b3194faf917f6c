// The token that a form has to send: the cookie is renewed when somebody signs in in another tab.

/** @returns {string | undefined} */
export function token() {
  return /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1];
}
