//! Every address of the web application. A test takes this table and fails for an address that nobody tested for refusal.

use axum::{
    Router,
    handler::Handler,
    http::Method,
    routing::{get, post},
};

use super::{
    agreement, assets, attendances, break_glass, check, corrections, coverage, department, drafts,
    emergency, enrol, failure::Failure, feed_alarms, feeds, glass_reviews, history, lock, looks,
    notifications, outside_sign_in, own_pin, passkey_sign_in, passkeys, phone, places,
    register_add, register_change, register_discussions, register_due, register_entry,
    register_hand_over, register_hand_overs, register_import, register_queue, register_start,
    resync, set_aside, sign_in, site::Shared, staff, staff_add, staff_ticket, start, step_up,
    tokens, tokens_emergency, tokens_import, tokens_link, tokens_orders, tokens_passkey,
    tokens_temporary, tokens_unlock, view, who,
};

/// The routes and their list.
pub(super) struct Table {
    pub(super) router: Router<Shared>,
    #[cfg_attr(not(test), allow(dead_code, reason = "the list is what the tests go through"))]
    pub(super) known: Vec<(Method, &'static str)>,
}

impl Table {
    fn get<H, T>(mut self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        self.known.push((Method::GET, path));
        Self { router: self.router.route(path, get(handler)), ..self }
    }

    fn post<H, T>(mut self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        self.known.push((Method::POST, path));
        Self { router: self.router.route(path, post(handler)), ..self }
    }
}

/// All routes.
pub(super) fn table() -> Table {
    let router = Router::new()
        .fallback(|| async { Failure::NotFound })
        .method_not_allowed_fallback(|| async { Failure::WrongMethod });
    let table = of_register(Table { router, known: Vec::new() });
    of_operators(of_passkeys(of_governance(table)))
        .get("/healthz", assets::health)
        .get("/assets/{*path}", assets::asset)
        .get("/sign-in", sign_in::form)
        .post("/sign-in", sign_in::sign_in)
        .get("/unlock", lock::locked)
        .post("/unlock", lock::unlock)
        .post("/lock", lock::lock)
        .get("/draft", drafts::page)
        .post("/switch", set_aside::switch)
        .get("/step-up", step_up::go_on)
        .post("/step-up/oidc", step_up::ask_provider)
        .post("/step-up/passkey/ask", step_up::ask)
        .post("/sign-out", sign_in::sign_out)
        .get("/resync", resync::form)
        .post("/resync", resync::find)
        .get("/pin", own_pin::form)
        .post("/pin", own_pin::choose)
        .get("/enrol", enrol::form)
        .post("/enrol", enrol::begin)
        .post("/enrol/codes", enrol::finish)
        .get("/phone", phone::way)
        .get("/phone/", phone::page)
        .get("/phone/worker.js", phone::worker)
        .get("/phone/manifest.webmanifest", phone::manifest)
        .get("/phone/time", phone::time)
        .post("/phone/fetch", phone::fetch)
        .get("/", start::start)
        .get("/check", check::form)
        .post("/check", check::answer)
        .post("/check/history", history::answer)
        .get("/view", view::form)
        .post("/view", view::answer)
        .post("/view/break-glass", break_glass::open)
        .get("/looks", looks::list)
        .get("/department", department::page)
        .get("/department/events", department::events)
        .post("/department/open", department::open)
        .post("/department/outcome", department::outcome)
        .post("/attendance", department::by_hand)
        .get("/attendances", attendances::list)
        .post("/attendances/acknowledge", attendances::acknowledge)
        .post("/corrections/say", corrections::say)
        .get("/corrections", corrections::list)
        .post("/corrections/settle", corrections::settle)
        .get("/feeds", feeds::page)
        .get("/feeds/events", feeds::events)
        .post("/feeds/mended", feeds::mended)
        .post("/feeds/alarm", feed_alarms::take)
        .get("/notifications", notifications::page)
        .post("/notifications/again", notifications::send_again)
        .post("/notifications/give-up", notifications::give_up)
        .get("/agreement", agreement::page)
}

/// Those of information governance.
fn of_governance(table: Table) -> Table {
    table
        .get("/who", who::form)
        .post("/who", who::answer)
        .post("/who/export", who::export)
        .get("/broken-glass", glass_reviews::list)
        .post("/broken-glass/review", glass_reviews::review)
        .get("/coverage", coverage::page)
        .get("/coverage.csv", coverage::csv)
}

/// Those of passkeys, of emergency codes, of an identity provider, and of one's own sessions.
fn of_passkeys(table: Table) -> Table {
    table
        .post("/sign-in/passkey/ask", passkey_sign_in::ask)
        .post("/sign-in/passkey", passkey_sign_in::sign_in)
        .post("/unlock/passkey/ask", passkey_sign_in::ask_unlock)
        .post("/unlock/passkey", passkey_sign_in::unlock)
        .post("/sign-in/oidc", outside_sign_in::ask)
        .get("/sign-in/oidc/back", outside_sign_in::back)
        .post("/unlock/oidc", outside_sign_in::ask_unlock)
        .get("/passkeys", passkeys::page)
        .post("/passkeys/add", passkeys::add)
        .post("/passkeys/made", passkeys::made)
        .post("/passkeys/remove", passkeys::remove)
        .post("/sessions/end", places::end)
        .post("/sessions/end-others", places::end_others)
        .post("/tokens/passkey", tokens_passkey::remove)
        .get("/emergency-codes", emergency::page)
        .post("/emergency-codes/make", emergency::make)
        .post("/emergency-codes/end", emergency::end)
        .post("/tokens/emergency-codes", tokens_emergency::end)
}

/// The custodian's.
fn of_register(table: Table) -> Table {
    table
        .get("/register", register_start::page)
        .post("/register/find", register_start::find)
        .post("/register/entry", register_entry::page)
        .post("/register/number", register_entry::rang)
        .post("/register/change", register_change::form)
        .post("/register/plan", register_change::plan)
        .post("/register/confirm", register_change::confirm)
        .get("/register/add", register_add::form)
        .post("/register/add", register_add::plan)
        .get("/register/due", register_due::page)
        .post("/register/hand-over", register_hand_over::form)
        .post("/register/hand-over/plan", register_hand_over::plan)
        .post("/register/hand-over/confirm", register_hand_over::confirm)
        .get("/register/hand-overs", register_hand_overs::list)
        .post("/register/hand-overs/open", register_hand_overs::open)
        .post("/register/hand-overs/answer", register_hand_overs::answer)
        .get("/register/discussions", register_discussions::list)
        .get("/register/discussions/new", register_discussions::form)
        .post("/register/discussions/new", register_discussions::record)
        .post("/register/discussions/outcome", register_discussions::outcome)
        .get("/register/import", register_import::form)
        .post("/register/import", register_import::answer)
        .get("/register/queue", register_queue::page)
        .post("/register/queue", register_queue::decide)
}

/// Accounts and tokens.
fn of_operators(table: Table) -> Table {
    table
        .get("/tokens", tokens::all)
        .post("/tokens", tokens::some)
        .post("/tokens/find", tokens::find)
        .post("/tokens/token", tokens::one)
        .post("/tokens/change", tokens::change)
        .get("/tokens/import", tokens_import::form)
        .post("/tokens/import", tokens_import::answer)
        .get("/tokens/orders", tokens_orders::page)
        .post("/tokens/orders", tokens_orders::add)
        .post("/tokens/orders/close", tokens_orders::close)
        .post("/tokens/temporary", tokens_temporary::issue)
        .post("/tokens/unlock", tokens_unlock::unlock)
        .post("/tokens/link", tokens_link::link)
        .post("/tokens/unlink", tokens_link::unlink)
        .get("/staff", staff::all)
        .post("/staff", staff::some)
        .post("/staff/one", staff::one)
        .post("/staff/change", staff::change)
        .get("/staff/add", staff_add::form)
        .post("/staff/add", staff_add::add)
        .post("/staff/ticket", staff_ticket::issue)
}
