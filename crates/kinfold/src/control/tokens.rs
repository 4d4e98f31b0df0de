//! What an operator's commands tell a node about tokens. A file of tokens follows its request byte for byte; what is exported follows
//! its answer in parts: neither end holds a whole file.

use std::io::{self, Read};

use anyhow::Context;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use kinfold_domain::UserName;
use kinfold_service::{
    ports::TokenOrder,
    tokens::{ImportReport, ImportTerms, Inventory, Listing, NewOrder, TokenLine, Witnesses},
};
use kinfold_token::{Standing, TokenParameters};
use kinfold_token_file::{Opening, Reading};
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::{mpsc, watch},
};
use zeroize::Zeroizing;

use super::Answer;
use crate::node::Node;

/// Bytes of a file that travel together.
const TOGETHER: usize = 64 << 10;

/// What is asked.
#[derive(Serialize, Deserialize)]
#[serde(tag = "token", rename_all = "kebab-case")]
pub(crate) enum TokenAsk {
    List {
        standing: Option<Standing>,
        holder: Option<UserName>,
        after: Option<String>,
    },
    Assign {
        serial: String,
        user_name: UserName,
    },
    Lost {
        serial: String,
    },
    Found {
        serial: String,
    },
    Broken {
        serial: String,
    },
    Replace {
        serial: String,
        new: String,
    },
    Return {
        serial: String,
    },
    Dispose {
        serial: String,
    },
    Temporary {
        serial: String,
        hours: u8,
        first: Person,
        second: Person,
    },
    Unlock {
        user_name: UserName,
        first: Person,
        second: Person,
    },
    Order {
        reference: String,
        vendor: String,
        tokens: u64,
        ordered: Option<Date>,
        expected: Option<Date>,
    },
    Orders,
    CloseOrder {
        reference: String,
    },
    Import {
        bytes: u64,
        key: Option<String>,
        passphrase: Option<String>,
        parameters: TokenParameters,
        rest: bool,
        order: Option<String>,
    },
    Export {
        plain: bool,
        first: Person,
        second: Person,
    },
}

/// Somebody who proves themselves for what takes two people.
#[derive(Serialize, Deserialize)]
pub(crate) struct Person {
    pub(crate) user_name: UserName,
    pub(crate) pin: String,
    pub(crate) code: String,
}

/// What is told.
#[derive(Serialize, Deserialize)]
#[serde(tag = "token", rename_all = "kebab-case")]
pub(crate) enum TokenTold {
    Listed { counts: Vec<(Standing, u64)>, tokens: Vec<Listed> },
    Temporary { user_name: UserName, code: String, until: String },
    Orders { orders: Vec<TokenOrder> },
    Read { tokens: u64 },
    Imported { report: ImportReport },
    Exporting { key: Option<String> },
    Part { text: String },
    Exported { tokens: u64 },
}

impl TokenTold {
    /// Whether nothing follows.
    pub(super) const fn is_last(&self) -> bool {
        !matches!(self, Self::Read { .. } | Self::Exporting { .. } | Self::Part { .. })
    }
}

/// A token of the list.
#[derive(Serialize, Deserialize)]
pub(crate) struct Listed {
    pub(crate) serial: String,
    pub(crate) kind: String,
    pub(crate) standing: Standing,
    pub(crate) holder: Option<UserName>,
    pub(crate) maker: String,
    pub(crate) parameters: TokenParameters,
}

impl TokenAsk {
    /// Whether a file follows or is the answer.
    pub(super) const fn streams(&self) -> bool {
        matches!(self, Self::Import { .. } | Self::Export { .. })
    }
}

/// Does what needs no file.
pub(super) async fn execute(node: &Node, ask: TokenAsk) -> anyhow::Result<Answer> {
    let inventory = &node.inventory;
    match ask {
        TokenAsk::List { standing, holder, after } => {
            let after = after.map(|after| after.parse()).transpose()?;
            let listing = Listing { standing, holder, after };
            let tokens = inventory.list(&listing).await?.into_iter().map(listed).collect();
            let counts = inventory.counts().await?;
            return Ok(Answer::Tokens { told: TokenTold::Listed { counts, tokens } });
        }
        TokenAsk::Temporary { serial, hours, first, second } => {
            let witnesses = witnesses(inventory, first, second).await?;
            let issued = inventory.issue_temporary(&serial.parse()?, &witnesses, hours).await?;
            let (user_name, until) = (issued.user_name, clock_time(issued.until));
            let code = issued.code.expose().to_string();
            return Ok(Answer::Tokens { told: TokenTold::Temporary { user_name, code, until } });
        }
        TokenAsk::Unlock { user_name, first, second } => {
            let witnesses = witnesses(inventory, first, second).await?;
            inventory.unlock(&user_name, &witnesses).await?;
        }
        TokenAsk::Order { reference, vendor, tokens, ordered, expected } => {
            let ordered = ordered.unwrap_or_else(|| today(node.clock.now()));
            let new = NewOrder { reference, vendor, tokens, ordered, expected };
            inventory.order(new, None).await?;
        }
        TokenAsk::Orders => {
            let orders = inventory.orders().await?;
            return Ok(Answer::Tokens { told: TokenTold::Orders { orders } });
        }
        TokenAsk::CloseOrder { reference } => inventory.close_order(&reference, None).await?,
        TokenAsk::Assign { serial, user_name } => {
            inventory.assign(&serial.parse()?, &user_name, None).await?;
        }
        TokenAsk::Lost { serial } => inventory.lost(&serial.parse()?, None).await?,
        TokenAsk::Found { serial } => inventory.found(&serial.parse()?, None).await?,
        TokenAsk::Broken { serial } => inventory.broken(&serial.parse()?, None).await?,
        TokenAsk::Replace { serial, new } => {
            inventory.replace(&serial.parse()?, &new.parse()?, None).await?;
        }
        TokenAsk::Return { serial } => inventory.give_back(&serial.parse()?, None).await?,
        TokenAsk::Dispose { serial } => inventory.dispose(&serial.parse()?, None).await?,
        TokenAsk::Import { .. } | TokenAsk::Export { .. } => {
            anyhow::bail!("a file travels in parts: ask for it as the command does")
        }
    }
    Ok(Answer::Done)
}

fn today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC)).date()
}

/// As the clock on the wall has it.
fn clock_time(at: Timestamp) -> String {
    let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
    at.to_zoned(zone).strftime("%H:%M on %-d %B").to_string()
}

fn listed(line: TokenLine) -> Listed {
    let TokenLine { token, holder } = line;
    Listed {
        serial: token.serial.to_string(),
        kind: token.kind.word().to_owned(),
        standing: token.standing,
        holder,
        maker: token.maker,
        parameters: token.parameters,
    }
}

/// Makes sure of two named people.
pub(super) async fn witnesses(
    inventory: &Inventory,
    first: Person,
    second: Person,
) -> anyhow::Result<Witnesses> {
    let (a, b) = (Zeroizing::new(first.pin), Zeroizing::new(second.pin));
    let first = (&first.user_name, a.parse()?, first.code.parse()?);
    let second = (&second.user_name, b.parse()?, second.code.parse()?);
    Ok(inventory.witnesses(None, first, second).await?)
}

/// Does what moves a file over the connection; the last line that is written is the answer.
pub(super) async fn stream(
    node: &Node,
    connection: &mut (impl AsyncRead + AsyncWrite + Unpin),
    ask: TokenAsk,
) -> anyhow::Result<Answer> {
    match ask {
        TokenAsk::Import { bytes, key, passphrase, parameters, rest, order } => {
            let opening = opening(key, passphrase)?;
            let reading = Reading { opening, parameters };
            let terms = ImportTerms { rest, order, by: None };
            import(node, connection, bytes, (reading, terms)).await
        }
        TokenAsk::Export { plain, first, second } => {
            let witnesses = witnesses(&node.inventory, first, second).await?;
            export(node, connection, &witnesses, plain).await
        }
        ask => execute(node, ask).await,
    }
}

fn opening(key: Option<String>, passphrase: Option<String>) -> anyhow::Result<Opening> {
    Ok(match (key, passphrase) {
        (Some(key), _) => Opening::Key(Zeroizing::new(key).parse()?),
        (None, Some(passphrase)) => Opening::Passphrase(Zeroizing::new(passphrase)),
        (None, None) => Opening::Nothing,
    })
}

async fn import(
    node: &Node,
    connection: &mut (impl AsyncRead + AsyncWrite + Unpin),
    bytes: u64,
    (reading, terms): (Reading, ImportTerms),
) -> anyhow::Result<Answer> {
    let (mut file, mut answers) = tokio::io::split(connection);
    let (give, take) = mpsc::channel(4);
    let (at, mut progress) = watch::channel(0);
    let feed = async move {
        let mut left = bytes;
        while left > 0 {
            let mut part = vec![0; TOGETHER.min(usize::try_from(left).unwrap_or(TOGETHER))];
            match file.read(&mut part).await {
                Ok(read) if read > 0 => {
                    part.truncate(read);
                    left = left.saturating_sub(read as u64);
                    // Nobody reads after an error; the rest is passed over, so that the other end hears the answer.
                    drop(give.send(Ok(part)).await);
                }
                _ => return drop(give.send(Err(io::ErrorKind::UnexpectedEof.into())).await),
            }
        }
    };
    let work = async {
        let told = |step: kinfold_service::tokens::ImportStep| {
            at.send_replace(step.read);
        };
        let done = node.inventory.import(Parts::new(take), reading, terms, told).await;
        drop(at);
        done
    };
    let tell = async {
        while progress.changed().await.is_ok() {
            let told = TokenTold::Read { tokens: *progress.borrow_and_update() };
            if super::write_line(&mut answers, &Answer::Tokens { told }).await.is_err() {
                return;
            }
        }
    };
    let ((), report, ()) = tokio::join!(feed, work, tell);
    Ok(Answer::Tokens { told: TokenTold::Imported { report: report? } })
}

async fn export(
    node: &Node,
    connection: &mut (impl AsyncWrite + Unpin),
    witnesses: &Witnesses,
    plain: bool,
) -> anyhow::Result<Answer> {
    let mut export = node.inventory.export(witnesses, plain).await?;
    let key = export.key.as_ref().map(|key| key.expose().to_string());
    let told = TokenTold::Exporting { key };
    super::write_line(connection, &Answer::Tokens { told }).await?;
    while let Some(part) = node.inventory.next_part(&mut export).await? {
        let text = String::from_utf8(part).context("the file can't be written as text")?;
        let told = TokenTold::Part { text };
        super::write_line(connection, &Answer::Tokens { told }).await?;
    }
    connection.flush().await?;
    Ok(Answer::Tokens { told: TokenTold::Exported { tokens: export.tokens } })
}

/// A file that comes in parts, as the reader's thread wants it.
struct Parts {
    take: mpsc::Receiver<io::Result<Vec<u8>>>,
    part: Zeroizing<Vec<u8>>,
    read: usize,
}

impl Parts {
    fn new(take: mpsc::Receiver<io::Result<Vec<u8>>>) -> Self {
        Self { take, part: Zeroizing::default(), read: 0 }
    }
}

impl Read for Parts {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.read == self.part.len() {
            let Some(part) = self.take.blocking_recv() else { return Ok(0) };
            (self.part, self.read) = (Zeroizing::new(part?), 0);
        }
        let left = &self.part[self.read..];
        let taken = left.len().min(into.len());
        into[..taken].copy_from_slice(&left[..taken]);
        self.read += taken;
        Ok(taken)
    }
}
