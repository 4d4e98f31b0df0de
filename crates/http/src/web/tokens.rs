//! The operators' inventory of tokens: how many stand how, who holds which, and what happens to one.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use jiff::Timestamp;
use kinfold_service::{
    passkeys::PasskeyError,
    records::Asker,
    tokens::{Inventory, Listing, TokenError, TokenLine},
};
use kinfold_token::{FoundAs, Happening, Kind, Lock, Serial, Standing};
use serde::Serialize;

use super::{
    emergency::Sheet,
    failure::Failure,
    fields::Fields,
    passkeys::{PasskeyRow, rows},
    session::{Open, SignedIn},
    site::{Shared, Site},
    spoken::Spoken,
    tokens_emergency,
    tokens_link::{self, LinkRow},
    tokens_orders::to_come,
};

#[derive(Serialize)]
struct CountLine {
    words: &'static str,
    word: &'static str,
    tokens: u64,
    chosen: bool,
}

/// A token as a page shows it.
#[derive(Serialize)]
pub(super) struct Line {
    serial: String,
    kind: &'static str,
    standing: &'static str,
    since: String,
    holder: String,
    maker: String,
    shows: String,
}

#[derive(Serialize)]
struct ListPage {
    counts: Vec<CountLine>,
    tokens: Vec<Line>,
    standing: &'static str,
    next: Option<String>,
    of: Option<String>,
    passkeys: u64,
    /// Tokens that are to come.
    on_order: u64,
    late: bool,
    theirs: Vec<PasskeyRow>,
    sheet: Option<Sheet>,
    provider: Option<String>,
    links: Vec<LinkRow>,
}

#[derive(Serialize)]
struct OnePage {
    token: Line,
    until: Option<String>,
    may: Vec<(&'static str, &'static str)>,
    assign: bool,
    replace: bool,
    temporary: bool,
    /// Why it is locked.
    locked: Option<&'static str>,
}

/// `GET /tokens`
pub(super) async fn all(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    let tokens = admit(&site, &open)?.list(&Listing::default()).await?;
    listed(&site, &open, (None, None), tokens).await
}

/// `POST /tokens`: those that stand so, or the next ones. No address of these pages says which token or whose.
pub(super) async fn some(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let inventory = admit(&site, &open)?;
    let (standing, after) =
        (fields.text("standing").parse().ok(), fields.text("after").parse().ok());
    let tokens = inventory.list(&Listing { standing, holder: None, after }).await?;
    listed(&site, &open, (standing, None), tokens).await
}

/// `POST /tokens/find`: by serial number or user name.
pub(super) async fn find(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let inventory = admit(&site, &open)?;
    let typed = fields.text("find");
    if let Ok(serial) = typed.parse::<Serial>()
        && let Ok(known) = inventory.one(&serial).await
    {
        return shown(&site, &open, &known);
    }
    of_employee(&site, &open, typed).await
}

/// What somebody signs in with.
pub(super) async fn of_employee(
    site: &Site,
    open: &Arc<Open>,
    typed: &str,
) -> Result<Response, Failure> {
    let tokens = match typed.to_lowercase().parse() {
        Ok(holder) => {
            let listing = Listing { holder: Some(holder), ..Listing::default() };
            match site.services.inventory.list(&listing).await {
                Err(TokenError::NoAccount) => Vec::new(),
                found => found?,
            }
        }
        Err(_) => Vec::new(),
    };
    listed(site, open, (None, Some(typed.chars().take(64).collect())), tokens).await
}

async fn listed(
    site: &Site,
    open: &Arc<Open>,
    (standing, of): (Option<Standing>, Option<String>),
    tokens: Vec<TokenLine>,
) -> Result<Response, Failure> {
    let count = |(known, tokens): (Standing, u64)| CountLine {
        words: known.words(),
        word: known.word(),
        tokens,
        chosen: standing == Some(known),
    };
    let counts = site.services.inventory.counts().await?.into_iter().map(count).collect();
    let spoken = site.spoken();
    let full =
        of.is_none() && tokens.len() >= usize::try_from(Inventory::LISTED).unwrap_or(usize::MAX);
    let last = tokens.last().filter(|_| full).map(|line| line.token.serial.as_str());
    let standing = standing.map_or("", Standing::word);
    let next = last.map(str::to_owned);
    let tokens = tokens.iter().map(|known| line(&spoken, known)).collect();
    let passkeys = site.services.passkeys.count().await?;
    let (mut theirs, mut links, mut provider, mut sheet) = (Vec::new(), Vec::new(), None, None);
    if let Some(user_name) = of.as_ref().and_then(|of| of.to_lowercase().parse().ok()) {
        theirs = match site.services.passkeys.of(&user_name).await {
            Err(PasskeyError::NoAccount) => Vec::new(),
            found => {
                provider = site.services.outside.name().map(str::to_owned);
                rows(&spoken, found?)
            }
        };
        links = tokens_link::links(site, &spoken, &user_name).await?;
        sheet = tokens_emergency::theirs(site, &spoken, &user_name).await?;
    }
    let orders = site.services.inventory.orders().await?;
    let (on_order, late) = to_come(&orders, spoken.today());
    let page = ListPage {
        counts,
        tokens,
        standing,
        next,
        of,
        passkeys,
        on_order,
        late,
        theirs,
        sheet,
        provider,
        links,
    };
    site.page(open, ("/tokens", "tokens.html"), page)
}

/// `POST /tokens/token`
pub(super) async fn one(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let inventory = admit(&site, &open)?;
    let serial = fields.text("serial").parse().map_err(|_| Failure::Garbled)?;
    shown(&site, &open, &inventory.one(&serial).await?)
}

pub(super) fn shown(site: &Site, open: &Arc<Open>, known: &TokenLine) -> Result<Response, Failure> {
    let (standing, kind) = (known.token.standing, known.token.kind);
    let can = |happening| standing.after(happening, kind).is_ok();
    let all = [
        (Happening::Lost, "lost", "It is lost"),
        (Happening::Found(FoundAs::Used), "found", "It is found"),
        (Happening::Broken, "broken", "It is broken"),
        (Happening::Returned, "return", "It was handed back"),
        (Happening::Disposed, "dispose", "Dispose of it: its secret is destroyed"),
    ];
    let may = all.into_iter().filter(|(happening, ..)| can(*happening));
    let held = known.token.holder.is_some() && kind != Kind::Temporary;
    let spoken = site.spoken();
    let page = OnePage {
        may: may.map(|(_, word, words)| (word, words)).collect(),
        assign: can(Happening::Assigned),
        replace: held
            && matches!(
                standing,
                Standing::Assigned | Standing::InUse | Standing::Lost | Standing::Broken
            ),
        locked: known.token.state.locked().map(|lock| match lock {
            Lock::MissesInARow => "ten wrong tries in a row",
            Lock::MissesInADay => "too many wrong tries in a day",
        }),
        temporary: held && matches!(standing, Standing::Lost | Standing::Broken),
        until: known.token.until.map(|until| spoken.minute(until)),
        token: line(&spoken, known),
    };
    site.page(open, ("/tokens", "token.html"), page)
}

/// `POST /tokens/change`
pub(super) async fn change(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let inventory = admit(&site, &open)?;
    let serial: Serial = fields.text("serial").parse().map_err(|_| Failure::Garbled)?;
    let by = Some(Asker::from(open.caller.employee()));
    match fields.text("what") {
        "assign" => {
            let typed = fields.text("user_name").to_lowercase();
            let user_name = typed.parse().map_err(|_| Failure::Garbled)?;
            inventory.assign(&serial, &user_name, by).await?;
        }
        "replace" => {
            let new = fields.text("new").parse().map_err(|_| Failure::Garbled)?;
            inventory.replace(&serial, &new, by).await?;
        }
        "lost" => inventory.lost(&serial, by).await?,
        "found" => inventory.found(&serial, by).await?,
        "broken" => inventory.broken(&serial, by).await?,
        "return" => inventory.give_back(&serial, by).await?,
        "dispose" => inventory.dispose(&serial, by).await?,
        _ => return Err(Failure::Garbled),
    }
    shown(&site, &open, &inventory.one(&serial).await?)
}

/// The inventory, for operators.
pub(super) fn admit<'a>(site: &'a Site, open: &Open) -> Result<&'a Inventory, Failure> {
    if site.reach(open).tokens {
        return Ok(&site.services.inventory);
    }
    Err(Failure::NotForRole("Tokens are the operators’ work."))
}

pub(super) fn line(spoken: &Spoken, known: &TokenLine) -> Line {
    let TokenLine { token, holder } = known;
    let (digits, step) = (token.parameters.digits.count(), token.parameters.step.seconds());
    // What was enrolled before tokens had a life came to stand so at no known time.
    let since = Some(token.since).filter(|since| *since > Timestamp::UNIX_EPOCH);
    Line {
        serial: token.serial.to_string(),
        kind: match token.kind {
            Kind::Fob => "Fob",
            Kind::Soft => "Soft token",
            Kind::Temporary => "Code for one shift",
        },
        standing: token.standing.words(),
        since: since.map(|since| spoken.minute(since)).unwrap_or_default(),
        holder: holder.as_ref().map(ToString::to_string).unwrap_or_default(),
        maker: token.maker.clone(),
        shows: format!("{digits} digits, every {step} seconds"),
    }
}
