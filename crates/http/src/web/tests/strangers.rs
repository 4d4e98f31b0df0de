//! How each route treats whoever has no session, or one that somebody left open.

/// How a route must treat whoever has no session.
pub(super) enum Stranger {
    /// It answers: there is nothing to protect.
    Served(&'static str),
    /// It leads to the sign-in page, or refuses with a page that does. An open session is enough.
    Refused,
    /// The same, and an open session is not enough: somebody may have left it.
    Proved(Anew),
}

/// How people prove themselves anew in an open session.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Anew {
    /// Whoever is at the page, by PIN and a fresh code.
    Oneself,
    /// A second person, too.
    TwoPeople,
}

/// Every route. One that is missing here fails a test of the refusals.
pub(super) const ROUTES: [(&str, &str, Stranger); 117] = [
    ("GET", "/healthz", Stranger::Served("no data")),
    ("GET", "/assets/{*path}", Stranger::Served("public files")),
    ("GET", "/sign-in", Stranger::Served("the way in")),
    ("POST", "/sign-in", Stranger::Served("the way in")),
    ("POST", "/sign-in/passkey/ask", Stranger::Served("the way in: a challenge names nobody")),
    ("POST", "/sign-in/passkey", Stranger::Served("the way in")),
    ("POST", "/sign-in/oidc", Stranger::Served("the way in: a question names nobody")),
    ("GET", "/sign-in/oidc/back", Stranger::Served("the way in")),
    ("GET", "/unlock", Stranger::Refused),
    ("POST", "/unlock", Stranger::Refused),
    ("POST", "/unlock/passkey/ask", Stranger::Refused),
    ("POST", "/unlock/passkey", Stranger::Refused),
    ("POST", "/unlock/oidc", Stranger::Refused),
    ("POST", "/lock", Stranger::Refused),
    ("GET", "/draft", Stranger::Refused),
    ("POST", "/switch", Stranger::Served("turns to a locked session, or to the way in")),
    ("POST", "/step-up/passkey/ask", Stranger::Refused),
    ("POST", "/sign-out", Stranger::Served("ends nothing")),
    ("GET", "/enrol", Stranger::Served("asks for PIN and ticket")),
    ("POST", "/enrol", Stranger::Served("asks for PIN and ticket")),
    ("POST", "/enrol/codes", Stranger::Served("asks for the ticket")),
    ("GET", "/phone", Stranger::Served("leads to the next one")),
    ("GET", "/phone/", Stranger::Served("the same page for everybody")),
    ("GET", "/phone/worker.js", Stranger::Served("a public script")),
    ("GET", "/phone/manifest.webmanifest", Stranger::Served("the agency's name")),
    ("GET", "/phone/time", Stranger::Served("the time")),
    ("POST", "/phone/fetch", Stranger::Served("asks for the phone code")),
    ("GET", "/passkeys", Stranger::Refused),
    ("POST", "/passkeys/add", Stranger::Proved(Anew::Oneself)),
    ("POST", "/passkeys/made", Stranger::Refused),
    ("POST", "/passkeys/remove", Stranger::Refused),
    ("POST", "/sessions/end", Stranger::Refused),
    ("POST", "/sessions/end-others", Stranger::Refused),
    ("GET", "/", Stranger::Refused),
    ("GET", "/check", Stranger::Refused),
    ("POST", "/check", Stranger::Refused),
    ("POST", "/check/history", Stranger::Refused),
    ("GET", "/view", Stranger::Refused),
    ("POST", "/view", Stranger::Refused),
    ("GET", "/looks", Stranger::Refused),
    ("GET", "/department", Stranger::Refused),
    ("GET", "/department/events", Stranger::Refused),
    ("POST", "/department/open", Stranger::Refused),
    ("POST", "/department/outcome", Stranger::Refused),
    ("POST", "/attendance", Stranger::Refused),
    ("GET", "/coverage", Stranger::Refused),
    ("GET", "/coverage.csv", Stranger::Refused),
    ("GET", "/attendances", Stranger::Refused),
    ("POST", "/attendances/acknowledge", Stranger::Refused),
    ("POST", "/corrections/say", Stranger::Refused),
    ("GET", "/corrections", Stranger::Refused),
    ("POST", "/corrections/settle", Stranger::Refused),
    ("GET", "/who", Stranger::Refused),
    ("POST", "/who", Stranger::Refused),
    ("POST", "/who/export", Stranger::Proved(Anew::Oneself)),
    ("GET", "/register", Stranger::Refused),
    ("POST", "/register/find", Stranger::Refused),
    ("POST", "/register/entry", Stranger::Refused),
    ("POST", "/register/number", Stranger::Refused),
    ("POST", "/register/change", Stranger::Refused),
    ("POST", "/register/plan", Stranger::Refused),
    ("POST", "/register/confirm", Stranger::Refused),
    ("GET", "/register/add", Stranger::Refused),
    ("POST", "/register/add", Stranger::Refused),
    ("GET", "/register/due", Stranger::Refused),
    ("POST", "/register/hand-over", Stranger::Refused),
    ("POST", "/register/hand-over/plan", Stranger::Refused),
    ("POST", "/register/hand-over/confirm", Stranger::Refused),
    ("GET", "/register/hand-overs", Stranger::Refused),
    ("POST", "/register/hand-overs/open", Stranger::Refused),
    ("POST", "/register/hand-overs/answer", Stranger::Refused),
    ("GET", "/register/discussions", Stranger::Refused),
    ("GET", "/register/discussions/new", Stranger::Refused),
    ("POST", "/register/discussions/new", Stranger::Refused),
    ("POST", "/register/discussions/outcome", Stranger::Refused),
    ("GET", "/register/import", Stranger::Refused),
    ("POST", "/register/import", Stranger::Refused),
    ("GET", "/register/queue", Stranger::Refused),
    ("POST", "/register/queue", Stranger::Refused),
    ("GET", "/feeds", Stranger::Refused),
    ("GET", "/feeds/events", Stranger::Refused),
    ("POST", "/feeds/mended", Stranger::Refused),
    ("POST", "/feeds/alarm", Stranger::Refused),
    ("GET", "/notifications", Stranger::Refused),
    ("POST", "/notifications/again", Stranger::Refused),
    ("POST", "/notifications/give-up", Stranger::Refused),
    ("GET", "/tokens", Stranger::Refused),
    ("POST", "/tokens", Stranger::Refused),
    ("POST", "/tokens/find", Stranger::Refused),
    ("POST", "/tokens/token", Stranger::Refused),
    ("POST", "/tokens/change", Stranger::Refused),
    ("GET", "/tokens/import", Stranger::Refused),
    ("POST", "/tokens/import", Stranger::Refused),
    ("GET", "/tokens/orders", Stranger::Refused),
    ("POST", "/tokens/orders", Stranger::Refused),
    ("POST", "/tokens/orders/close", Stranger::Refused),
    ("POST", "/tokens/temporary", Stranger::Proved(Anew::TwoPeople)),
    ("POST", "/tokens/unlock", Stranger::Proved(Anew::TwoPeople)),
    ("POST", "/tokens/link", Stranger::Proved(Anew::TwoPeople)),
    ("POST", "/tokens/unlink", Stranger::Refused),
    ("GET", "/staff", Stranger::Refused),
    ("POST", "/staff", Stranger::Refused),
    ("POST", "/staff/one", Stranger::Refused),
    ("POST", "/staff/change", Stranger::Refused),
    ("GET", "/staff/add", Stranger::Refused),
    ("POST", "/staff/add", Stranger::Refused),
    ("POST", "/staff/ticket", Stranger::Proved(Anew::TwoPeople)),
    ("GET", "/resync", Stranger::Served("asks for PIN and two codes")),
    ("POST", "/resync", Stranger::Served("asks for PIN and two codes")),
    ("GET", "/pin", Stranger::Refused),
    ("POST", "/pin", Stranger::Proved(Anew::Oneself)),
    ("POST", "/tokens/passkey", Stranger::Refused),
    ("GET", "/emergency-codes", Stranger::Refused),
    ("POST", "/emergency-codes/make", Stranger::Proved(Anew::Oneself)),
    ("POST", "/emergency-codes/end", Stranger::Refused),
    ("POST", "/tokens/emergency-codes", Stranger::Refused),
    ("GET", "/agreement", Stranger::Refused),
];

pub(super) fn refused() -> impl Iterator<Item = (&'static str, &'static str)> {
    ROUTES.into_iter().filter(|(.., s)| !matches!(s, Stranger::Served(_))).map(|(m, p, _)| (m, p))
}

/// Those for which an open session is not enough.
pub(super) fn proved() -> Vec<(&'static str, Anew)> {
    let anew = |(_, path, stranger)| match stranger {
        Stranger::Proved(anew) => Some((path, anew)),
        Stranger::Served(_) | Stranger::Refused => None,
    };
    ROUTES.into_iter().filter_map(anew).collect()
}
