//! Commands to a node: through its control socket while it serves, otherwise on the node opened here. One line of JSON each way.

mod keys;
mod staff;
mod tokens;

pub(crate) use keys::KeyAsk;
pub(crate) use staff::{Planned, StaffAsk, StaffTold};
pub(crate) use tokens::{Person, TokenAsk, TokenTold};

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail};
use kinfold_domain::{Subject, UserName};
use kinfold_service::{
    Caller,
    audit::{WhoLookedAt, WhoQuestion},
    register::{ImportReport, RegisterFeed, Vanished},
};
use kinfold_token::{Code, CodePair};
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
};

use crate::{
    config::Config,
    node::{Node, Replacing},
};

/// The longest request or answer: a file of register entries is the longest.
const LONGEST: u64 = 96 << 20;

/// What a node is told to do. The socket is the operator's alone; what needs a named employee carries their credentials.
#[derive(Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub(crate) enum Request {
    Staff {
        ask: StaffAsk,
    },
    IssueToken {
        user_name: UserName,
    },
    ConfirmToken {
        user_name: UserName,
        first: String,
        second: String,
    },
    IssueTicket {
        user_name: UserName,
    },
    ActivateAgreement {
        note: String,
    },
    RevokeAgreement {
        note: String,
    },
    WhoLooked {
        user_name: UserName,
        pin: String,
        code: String,
        subject: Subject,
    },
    VanishedEntries,
    ConfirmVanished {
        user_name: UserName,
        pin: String,
        code: String,
        reading: String,
        reason: String,
    },
    ImportRegister {
        user_name: UserName,
        pin: String,
        code: String,
        text: String,
    },
    Tokens {
        ask: TokenAsk,
    },
    Key {
        ask: KeyAsk,
    },
    Status,
}

/// What came of it.
#[derive(Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub(crate) enum Answer {
    Done,
    Staff { told: StaffTold },
    Token { uri: String },
    Ticket { code: String },
    Looks { looks: Box<serde_json::Value> },
    Vanished { vanished: Option<Vanished> },
    Ended { changes: usize },
    Imported { report: ImportReport },
    Tokens { told: TokenTold },
    Key { told: Replacing },
    Status { people: usize, register: usize, agreement: Option<String>, ledger: u64, fresh: bool },
    Failed { why: String },
}

/// The socket of a node's folder.
pub(crate) fn socket(config: &Config) -> PathBuf {
    config.folder.join("control.sock")
}

/// Has a request carried out: by the node that serves, or, when none does, on the node opened here.
pub(crate) async fn carry_out(config: Config, request: Request) -> anyhow::Result<Answer> {
    let answer = if let Ok(stream) = UnixStream::connect(socket(&config)).await {
        send(stream, &request).await?
    } else {
        let node = Node::open(config).await?;
        execute(&node, request).await
    };
    match answer {
        Answer::Failed { why } => bail!(why),
        answer => Ok(answer),
    }
}

/// The same with a file that follows the request, or an answer in parts: `hear` is told each of them; the answer is the last.
pub(crate) async fn converse(
    config: Config,
    request: Request,
    file: Option<std::fs::File>,
    hear: impl FnMut(TokenTold) -> anyhow::Result<()>,
) -> anyhow::Result<Answer> {
    let told = if let Ok(stream) = UnixStream::connect(socket(&config)).await {
        talk(stream, &request, file, hear).await?
    } else {
        let node = Node::open(config).await?;
        let (here, there) = tokio::io::duplex(256 << 10);
        let unheard = tokio::sync::Notify::new();
        let (answered, told) =
            tokio::join!(answer(&node, there, &unheard), talk(here, &request, file, hear));
        answered?;
        told?
    };
    match told {
        Answer::Failed { why } => bail!(why),
        told => Ok(told),
    }
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite,
    request: &Request,
    file: Option<std::fs::File>,
    mut hear: impl FnMut(TokenTold) -> anyhow::Result<()>,
) -> anyhow::Result<Answer> {
    let (answers, mut out) = tokio::io::split(stream);
    let send = async {
        write_line(&mut out, request).await?;
        if let Some(file) = file {
            tokio::io::copy(&mut tokio::fs::File::from_std(file), &mut out).await?;
        }
        anyhow::Ok(out.flush().await?)
    };
    let listen = async {
        let mut lines = BufReader::new(answers);
        loop {
            let mut text = String::new();
            (&mut lines).take(LONGEST).read_line(&mut text).await?;
            let told = serde_json::from_str(&text)
                .context("the node's answer can't be read: is it of another version?")?;
            match told {
                Answer::Tokens { told } if !told.is_last() => hear(told)?,
                last => return anyhow::Ok(last),
            }
        }
    };
    // What the node said counts, also when it did not want the whole file.
    let (handed_over, told) = tokio::join!(send, listen);
    let told = told?;
    if !matches!(told, Answer::Failed { .. }) {
        handed_over?;
    }
    Ok(told)
}

/// Writes one line of JSON.
async fn write_line(
    out: &mut (impl AsyncWrite + Unpin),
    what: &impl Serialize,
) -> anyhow::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    Ok(out.write_all(&line).await?)
}

/// Asks a node that serves; `None` when none does.
pub(crate) async fn ask(socket: &Path, request: &Request) -> anyhow::Result<Option<Answer>> {
    match UnixStream::connect(socket).await {
        Ok(stream) => send(stream, request).await.map(Some),
        Err(_) => Ok(None),
    }
}

async fn send(mut stream: UnixStream, request: &Request) -> anyhow::Result<Answer> {
    write_line(&mut stream, request).await?;
    let mut text = String::new();
    BufReader::new(stream.take(LONGEST)).read_line(&mut text).await?;
    serde_json::from_str(&text)
        .context("the node's answer can't be read: is it of another version?")
}

/// Answers requests on the control socket until it is dropped.
pub(crate) async fn listen(
    node: Arc<Node>,
    activated: Arc<tokio::sync::Notify>,
) -> anyhow::Result<()> {
    let path = socket(&node.config);
    // A socket left by a killed process: the ledger's lock tells that no other node serves this folder.
    if path.exists() {
        std::fs::remove_file(&path)?;
    }
    let listener =
        UnixListener::bind(&path).with_context(|| format!("can't listen on {}", path.display()))?;
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    loop {
        let (stream, _) = listener.accept().await?;
        let (node, activated) = (Arc::clone(&node), Arc::clone(&activated));
        tokio::spawn(async move {
            if let Err(error) = answer(&node, stream, &activated).await {
                tracing::warn!(%error, "a control request could not be answered");
            }
        });
    }
}

async fn answer(
    node: &Node,
    stream: impl AsyncRead + AsyncWrite + Unpin,
    activated: &tokio::sync::Notify,
) -> anyhow::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut text = String::new();
    (&mut stream).take(LONGEST).read_line(&mut text).await?;
    let answer = match serde_json::from_str::<Request>(&text) {
        Ok(Request::Tokens { ask }) if ask.streams() => {
            let streamed = tokens::stream(node, &mut stream, ask).await;
            streamed.unwrap_or_else(|error| Answer::Failed { why: format!("{error:#}") })
        }
        Ok(request) => {
            let changes_agreement = matches!(request, Request::ActivateAgreement { .. });
            let answer = execute(node, request).await;
            if changes_agreement && matches!(answer, Answer::Done) {
                activated.notify_one();
            }
            answer
        }
        Err(_) => Answer::Failed {
            why: "the request can't be read: is it of another version?".to_owned(),
        },
    };
    write_line(&mut stream, &answer).await?;
    Ok(stream.flush().await?)
}

/// Carries a request out on a node.
pub(crate) async fn execute(node: &Node, request: Request) -> Answer {
    match try_execute(node, request).await {
        Ok(answer) => answer,
        Err(error) => Answer::Failed { why: format!("{error:#}") },
    }
}

async fn try_execute(node: &Node, request: Request) -> anyhow::Result<Answer> {
    Ok(match request {
        Request::Staff { ask } => staff::execute(node, ask).await?,
        Request::IssueToken { user_name } => {
            let enrolment = node.staff.issue_token(&user_name).await?;
            Answer::Token { uri: enrolment.uri.expose().to_string() }
        }
        Request::ConfirmToken { user_name, first, second } => {
            let codes = CodePair::new(first.parse::<Code>()?, second.parse::<Code>()?);
            node.staff.confirm_token(&user_name, &codes).await?;
            Answer::Done
        }
        Request::IssueTicket { user_name } => {
            let ticket = node.staff.issue_ticket(&user_name).await?;
            Answer::Ticket { code: ticket.expose().to_owned() }
        }
        Request::ActivateAgreement { note } => {
            node.agreements.activate(&note).await?;
            Answer::Done
        }
        Request::RevokeAgreement { note } => {
            node.agreements.revoke(&note).await?;
            Answer::Done
        }
        Request::WhoLooked { user_name, pin, code, subject } => {
            let looks = who_looked(node, &user_name, (&pin, &code), subject).await?;
            Answer::Looks { looks: Box::new(serde_json::to_value(looks)?) }
        }
        Request::VanishedEntries => {
            Answer::Vanished { vanished: register_feed(node)?.vanished().await? }
        }
        Request::ConfirmVanished { user_name, pin, code, reading, reason } => {
            let feed = register_feed(node)?;
            let confirm = async |caller: Caller| {
                Ok(feed.confirm_vanished(caller.employee(), &reading, &reason).await?)
            };
            let changes = signed_in(node, &user_name, (&pin, &code), confirm).await?;
            Answer::Ended { changes }
        }
        Request::ImportRegister { user_name, pin, code, text } => {
            let custodian = node.custodian.as_deref();
            let custodian = custodian.context("this node keeps no register of its own")?;
            let import = async |caller: Caller| {
                Ok(custodian.import(&caller, &text).await?.content().clone())
            };
            let report = signed_in(node, &user_name, (&pin, &code), import).await?;
            Answer::Imported { report }
        }
        Request::Tokens { ask } => tokens::execute(node, ask).await?,
        Request::Key { ask } => keys::execute(node, ask).await?,
        Request::Status => status(node),
    })
}

fn register_feed(node: &Node) -> anyhow::Result<&RegisterFeed> {
    node.feeds.register.as_deref().context("this node keeps no register of its own")
}

async fn who_looked(
    node: &Node,
    user_name: &UserName,
    credentials: (&str, &str),
    subject: Subject,
) -> anyhow::Result<WhoLookedAt> {
    node.follower.catch_up().await?;
    let purpose = "audit-review".parse()?;
    let look = async |caller: Caller| {
        let looked = node.who.list(&caller, WhoQuestion { subject, purpose }).await?;
        Ok(looked.content().clone())
    };
    signed_in(node, user_name, credentials, look).await
}

/// Does something as a named employee, whose session ends with it.
async fn signed_in<T>(
    node: &Node,
    user_name: &UserName,
    (pin, code): (&str, &str),
    work: impl AsyncFnOnce(Caller) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let session = node.sign_in.sign_in(user_name, pin.parse()?, code.parse()?).await?;
    let caller = node.sign_in.caller(&session).await?;
    let done = work(caller).await;
    node.sign_in.sign_out(&session).await?;
    done
}

fn status(node: &Node) -> Answer {
    let now = node.clock.now();
    let agreement = node.agreements.in_force(now);
    let registers = node.check.registers();
    let register = node.feeds.registers.iter().map(|r| {
        let (current, ended) = r.standing(kinfold_service::today(now));
        current + ended
    });
    Answer::Status {
        people: node.feeds.people.len(),
        register: register.sum(),
        agreement: agreement.ok().map(|agreement| agreement.agreement().digest().to_string()),
        ledger: node.journal.ledger().size(),
        fresh: !registers.is_empty() && registers.iter().all(|register| !register.stale),
    }
}
