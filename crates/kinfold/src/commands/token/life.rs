//! What happens to single tokens.

use anyhow::bail;
use clap::Args;
use kinfold_domain::UserName;
use kinfold_token::{Serial, Standing};

use super::{OfNode, block_on, prompt};
use crate::{
    control::{Answer, Person, Request, TokenAsk, TokenTold, carry_out},
    telemetry::say,
};

/// Lists tokens.
#[derive(Args)]
pub(crate) struct List {
    #[command(flatten)]
    node: OfNode,
    /// Only those that stand so: in-stock, assigned, in-use, lost, broken, replaced, recalled, returned, disposed.
    #[arg(long, value_parser = standing)]
    standing: Option<Standing>,
    /// Only those of this employee.
    #[arg(long)]
    of: Option<UserName>,
    /// Only those after this serial number: the next page.
    #[arg(long)]
    after: Option<Serial>,
}

/// One token.
#[derive(Args)]
pub(crate) struct One {
    #[command(flatten)]
    node: OfNode,
    /// The serial number, as it is printed on the token or listed.
    serial: Serial,
}

/// A token and an employee.
#[derive(Args)]
pub(crate) struct Assign {
    #[command(flatten)]
    one: One,
    /// The employee.
    user_name: UserName,
    /// Prints a code with which the employee opens the enrolment page; the node must be serving.
    #[arg(long)]
    page: bool,
}

/// An employee with their new token in hand.
#[derive(Args)]
pub(crate) struct FirstUse {
    #[command(flatten)]
    node: OfNode,
    /// The employee.
    user_name: UserName,
}

/// A token, and another one in its place.
#[derive(Args)]
pub(crate) struct Replace {
    #[command(flatten)]
    one: One,
    /// The serial number of the token that takes its place.
    new: Serial,
}

/// A token that is missing, and who vouch for its employee.
#[derive(Args)]
pub(crate) struct Temporary {
    #[command(flatten)]
    one: One,
    /// The first of the two people: an operator.
    #[arg(long = "as")]
    first: UserName,
    /// The second: anybody else who knows the employee.
    #[arg(long = "with")]
    second: UserName,
    /// How long the code is good, in hours.
    #[arg(long, default_value = "12")]
    hours: u8,
}

/// An employee who typed too much that was wrong, and who vouch for them.
#[derive(Args)]
pub(crate) struct Unlock {
    #[command(flatten)]
    node: OfNode,
    /// The employee.
    user_name: UserName,
    /// The first of the two people: an operator.
    #[arg(long = "as")]
    first: UserName,
    /// The second: anybody else who knows the employee.
    #[arg(long = "with")]
    second: UserName,
}

/// What happens.
#[derive(Clone, Copy)]
pub(super) enum Event {
    Lost,
    Found,
    Broken,
    Return,
    Dispose,
}

impl List {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let after = self.after.map(|after| after.to_string());
        let ask = TokenAsk::List { standing: self.standing, holder: self.of, after };
        let TokenTold::Listed { counts, tokens } = asked(&self.node, ask)? else {
            bail!("the node answered something else")
        };
        let counts: Vec<_> =
            counts.iter().map(|(standing, n)| format!("{} {n}", standing.words())).collect();
        say(&format!("All tokens: {}.", counts.join(", ")));
        for token in &tokens {
            let holder = token.holder.as_ref().map_or("", |holder| holder.as_str());
            let parameters = token.parameters;
            let (digits, step) = (parameters.digits.count(), parameters.step.seconds());
            let (serial, kind, maker) = (&token.serial, &token.kind, &token.maker);
            let standing = token.standing.words();
            say(&format!(
                "{serial:24} {kind:10} {standing:10} {holder:24} {digits} digits, {step} s  {maker}"
            ));
        }
        if tokens.len() >= usize::try_from(kinfold_service::tokens::Inventory::LISTED)? {
            let last = tokens.last().map_or("", |token| &token.serial);
            say(&format!("There may be more: --after {last}"));
        }
        Ok(())
    }
}

impl One {
    pub(super) fn run(self, event: Event) -> anyhow::Result<()> {
        let serial = self.serial.to_string();
        let (ask, told) = match event {
            Event::Lost => (
                TokenAsk::Lost { serial },
                "is lost: it opens nothing, and its employee's sessions have ended. For one shift: kinfold token temporary",
            ),
            Event::Found => {
                (TokenAsk::Found { serial }, "is found; a code for one shift has ended")
            }
            Event::Broken => (
                TokenAsk::Broken { serial },
                "is broken: give another one with kinfold token replace",
            ),
            Event::Return => {
                (TokenAsk::Return { serial }, "was handed back and may be given to somebody else")
            }
            Event::Dispose => {
                (TokenAsk::Dispose { serial }, "is disposed of, and its secret destroyed")
            }
        };
        done(&self.node, ask)?;
        say(&format!("{} {told}.", self.serial));
        Ok(())
    }
}

impl Assign {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Self { one: One { node, serial }, user_name, page } = self;
        let ask = TokenAsk::Assign { serial: serial.to_string(), user_name: user_name.clone() };
        done(&node, ask)?;
        say(&format!("{serial} is {user_name}'s once it has shown two codes."));
        if page {
            return super::enrol::ticket(&node, &user_name);
        }
        say(&format!("With the token at hand: kinfold token first-use {user_name}"));
        Ok(())
    }
}

impl FirstUse {
    pub(super) fn run(self) -> anyhow::Result<()> {
        super::enrol::confirm(&self.node, &self.user_name)
    }
}

impl Replace {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Self { one: One { node, serial }, new } = self;
        let ask = TokenAsk::Replace { serial: serial.to_string(), new: new.to_string() };
        done(&node, ask)?;
        say(&format!("{new} takes the place of {serial} once it has shown two codes."));
        Ok(())
    }
}

impl Unlock {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Self { node, user_name, first, second } = self;
        let (first, second) = (person(first)?, person(second)?);
        done(&node, TokenAsk::Unlock { user_name: user_name.clone(), first, second })?;
        say(&format!("{user_name} may try again, with the next code that the token shows."));
        Ok(())
    }
}

impl Temporary {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Self { one: One { node, serial }, first, second, hours } = self;
        let (first, second) = (person(first)?, person(second)?);
        let ask = TokenAsk::Temporary { serial: serial.to_string(), hours, first, second };
        let TokenTold::Temporary { user_name, code, until } = asked(&node, ask)? else {
            bail!("the node answered something else")
        };
        let (left, right) = code.split_at(code.len() / 2);
        say(&format!(
            "Until {until}, {user_name} signs in with their PIN and this code. Tell it to them and nobody else:\n\n    {left} {right}\n"
        ));
        Ok(())
    }
}

/// Asks somebody for what proves that it is them.
pub(crate) fn person(user_name: UserName) -> anyhow::Result<Person> {
    let pin = prompt::secret(&format!("PIN of {user_name}"))?.to_string();
    let code = prompt::secret(&format!("Code of {user_name}"))?.to_string();
    Ok(Person { user_name, pin, code })
}

pub(super) fn done(node: &OfNode, ask: TokenAsk) -> anyhow::Result<()> {
    block_on(carry_out(node.read()?, Request::Tokens { ask })).map(drop)
}

pub(super) fn asked(node: &OfNode, ask: TokenAsk) -> anyhow::Result<TokenTold> {
    match block_on(carry_out(node.read()?, Request::Tokens { ask }))? {
        Answer::Tokens { told } => Ok(told),
        _ => bail!("the node answered something else"),
    }
}

fn standing(text: &str) -> Result<Standing, String> {
    text.parse().map_err(|()| {
        let words: Vec<_> = Standing::ALL.into_iter().map(Standing::word).collect();
        format!("one of {}", words.join(", "))
    })
}
