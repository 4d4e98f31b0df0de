//! `kinfold employee …`: named employees, from the day they join to the day they leave.

use std::{fs, io::Write, os::unix::fs::OpenOptionsExt, path::PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use kinfold_domain::{EmailAddress, Role, UserName};

use super::{OfNode, block_on, prompt, token::person};
use crate::{
    control::{Answer, Planned, Request, StaffAsk, StaffTold, carry_out},
    telemetry::say,
};

/// Named employees.
#[derive(Subcommand)]
pub(crate) enum Employee {
    /// Adds an account, for one person. Prints a first PIN, which they change when they first sign in.
    Add(Add),
    /// Sets or takes away where an employee is told by e-mail that something waits.
    SetEmail(SetEmail),
    /// Gives an employee another job and role. Their sessions end.
    Move(InJob),
    /// An employee has left: nothing of theirs opens anything from now on.
    Leave(One),
    /// An employee who had left is back. Prints a PIN.
    Back(InJob),
    /// Gives an employee who forgot their PIN another one, to be changed at its first use.
    GivePin(One),
    /// Gives an employee who needs it more time to type a code.
    GiveTime(GiveTime),
    /// Links an account to a person at the identity provider (`[oidc]`): whoever signs in there as that person is this employee here. Two
    /// people prove themselves.
    Link(Link),
    /// Removes the link between an account and the identity provider. Their sessions end.
    Unlink(One),
    /// Adds, moves and ends accounts as a CSV file of the personnel system has it. Without `--apply` it only says what it would do.
    Import(Import),
    /// Lists accounts, and who is to be reviewed.
    List(OfNode),
}

/// A new account.
#[derive(Args)]
pub(crate) struct Add {
    #[command(flatten)]
    job: InJob,
    /// The person's name, as the other agency will read it.
    #[arg(long)]
    name: String,
    /// Where they are told by e-mail that something waits; no e-mail says anything about a child.
    #[arg(long)]
    email: Option<EmailAddress>,
    /// They are at this keyboard and type a PIN of their own.
    #[arg(long)]
    own_pin: bool,
}

/// An employee in a job.
#[derive(Args)]
pub(crate) struct InJob {
    #[command(flatten)]
    one: One,
    /// Job title, as the other agency will read it.
    #[arg(long)]
    job_title: String,
    /// Role, as the agreement names it.
    #[arg(long)]
    role: Role,
}

/// One employee.
#[derive(Args)]
pub(crate) struct One {
    #[command(flatten)]
    node: OfNode,
    /// What the employee types to sign in: never reused.
    user_name: UserName,
}

/// An employee who needs time.
#[derive(Args)]
pub(crate) struct GiveTime {
    #[command(flatten)]
    one: One,
    /// The usual time again.
    #[arg(long)]
    usual: bool,
}

/// An employee's address.
#[derive(Args)]
pub(crate) struct SetEmail {
    #[command(flatten)]
    one: One,
    /// The address.
    #[arg(required_unless_present = "none")]
    email: Option<EmailAddress>,
    /// Takes the address away.
    #[arg(long, conflicts_with = "email")]
    none: bool,
}

/// An account and a person at the identity provider.
#[derive(Args)]
pub(crate) struct Link {
    #[command(flatten)]
    one: One,
    /// Who they are there (`sub`), taken from the provider itself.
    #[arg(long)]
    subject: String,
    /// The first of the two people: an operator.
    #[arg(long = "as")]
    first: UserName,
    /// The second: anybody else who knows the employee. Neither is the employee.
    #[arg(long = "with")]
    second: UserName,
}

/// A file of employees.
#[derive(Args)]
pub(crate) struct Import {
    #[command(flatten)]
    node: OfNode,
    /// The file: a line of headings with `user_name`, `name`, `job_title`, `role` and perhaps `email`, then an employee a line.
    file: PathBuf,
    /// The file is whole: whoever is not in it has left.
    #[arg(long)]
    whole: bool,
    /// Does it.
    #[arg(long, requires = "pins")]
    apply: bool,
    /// A new file for the first PINs, readable by its owner alone.
    #[arg(long)]
    pins: Option<PathBuf>,
}

impl Employee {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Add(add) => add.run(),
            Self::SetEmail(set) => set.run(),
            Self::Move(job) => job.run(),
            Self::Leave(one) => one.leave(),
            Self::Back(job) => job.back(),
            Self::GivePin(one) => one.give_pin(),
            Self::GiveTime(time) => time.run(),
            Self::Link(link) => link.run(),
            Self::Unlink(one) => one.unlink(),
            Self::Import(import) => import.run(),
            Self::List(node) => list(&node),
        }
    }
}

fn ask(node: &OfNode, ask: StaffAsk) -> anyhow::Result<StaffTold> {
    match block_on(carry_out(node.read()?, Request::Staff { ask }))? {
        Answer::Staff { told } => Ok(told),
        _ => bail!("the node answered something else"),
    }
}

/// Prints a PIN that was given.
fn give(told: StaffTold) -> anyhow::Result<()> {
    for (user_name, pin) in told.into_pins()? {
        say(&format!(
            "Tell {user_name} this PIN and nobody else; they choose their own when they first sign in:\n\n    {pin}\n"
        ));
    }
    Ok(())
}

impl Add {
    fn run(self) -> anyhow::Result<()> {
        let Self {
            job: InJob { one: One { node, user_name }, job_title, role }, name, email, ..
        } = self;
        let pin = if self.own_pin {
            Some(prompt::secret("PIN, six digits or more")?.to_string())
        } else {
            None
        };
        let (own, shown) = (pin.is_some(), user_name.clone());
        let told = ask(&node, StaffAsk::Add { user_name, name, job_title, role, pin, email })?;
        if !own {
            give(told)?;
        }
        say(&format!("{shown} was added. Next: kinfold token enrol {shown}"));
        Ok(())
    }
}

impl InJob {
    fn run(self) -> anyhow::Result<()> {
        let Self { one: One { node, user_name }, job_title, role } = self;
        let told = format!("{user_name} is {job_title}, {role}, from the next sign-in on.");
        ask(&node, StaffAsk::Move { user_name, job_title, role })?;
        say(&told);
        Ok(())
    }

    fn back(self) -> anyhow::Result<()> {
        let Self { one: One { node, user_name }, job_title, role } = self;
        let next = format!("Next: kinfold token enrol {user_name}");
        give(ask(&node, StaffAsk::Back { user_name, job_title, role })?)?;
        say(&next);
        Ok(())
    }
}

impl One {
    fn leave(self) -> anyhow::Result<()> {
        let Self { node, user_name } = self;
        ask(&node, StaffAsk::Leave { user_name: user_name.clone() })?;
        say(&format!(
            "{user_name} has left: their sessions have ended, and nothing of theirs opens anything. Fobs to ask back: kinfold token list --standing recalled"
        ));
        Ok(())
    }

    fn unlink(self) -> anyhow::Result<()> {
        let Self { node, user_name } = self;
        let told = format!(
            "{user_name} is linked to nobody at an identity provider any more, and their sessions have ended."
        );
        ask(&node, StaffAsk::Unlink { user_name })?;
        say(&told);
        Ok(())
    }

    fn give_pin(self) -> anyhow::Result<()> {
        let Self { node, user_name } = self;
        give(ask(&node, StaffAsk::GivePin { user_name })?)
    }
}

impl Link {
    fn run(self) -> anyhow::Result<()> {
        let Self { one: One { node, user_name }, subject, first, second } = self;
        let (first, second) = (person(first)?, person(second)?);
        let told = format!("{user_name} may sign in at the identity provider from now on.");
        ask(&node, StaffAsk::Link { user_name, subject, first, second })?;
        say(&told);
        Ok(())
    }
}

impl GiveTime {
    fn run(self) -> anyhow::Result<()> {
        let Self { one: One { node, user_name }, usual } = self;
        let time = if usual { "the usual time" } else { "about a minute" };
        let told = format!("{user_name} is given {time} to type a code.");
        ask(&node, StaffAsk::GiveTime { user_name, more: !usual })?;
        say(&told);
        Ok(())
    }
}

impl SetEmail {
    fn run(self) -> anyhow::Result<()> {
        let Self { one: One { node, user_name }, email, none } = self;
        ask(&node, StaffAsk::SetEmail { user_name: user_name.clone(), email })?;
        let told = if none { "is not told by e-mail any more" } else { "is told by e-mail" };
        say(&format!("{user_name} {told}."));
        Ok(())
    }
}

impl Import {
    fn run(self) -> anyhow::Result<()> {
        let Self { node, file, whole, apply, pins } = self;
        let text = fs::read_to_string(&file)
            .with_context(|| format!("{} can't be read as text (UTF-8)", file.display()))?;
        let planned = ask(&node, StaffAsk::Roll { text: text.clone(), whole, apply: false })?;
        let StaffTold::Planned { plan } = planned else {
            bail!("the node answered something else")
        };
        tell(&plan, apply);
        if !plan.wrong.is_empty() {
            bail!("{} lines are wrong: nothing was changed", plan.wrong.len());
        }
        let Some(path) = pins.filter(|_| apply) else {
            say("Nothing was changed. To do it: --apply --pins FILE");
            return Ok(());
        };
        // Before anything is changed: a PIN that can't be written down is lost.
        let mut kept = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("{} can't be written as a new file", path.display()))?;
        let pins = ask(&node, StaffAsk::Roll { text, whole, apply })?.into_pins()?;
        writeln!(kept, "user_name,first_pin")?;
        for (user_name, pin) in &pins {
            writeln!(kept, "{user_name},{pin}")?;
        }
        kept.sync_all()?;
        say(&format!(
            "Done. {} first PINs are in {}: hand them over, then destroy the file.",
            pins.len(),
            path.display()
        ));
        Ok(())
    }
}

fn tell(plan: &Planned, apply: bool) {
    let would = if apply { "" } else { " would" };
    let Planned { join, moved, back, leave, unchanged, wrong } = plan;
    for (what, names) in [("join", join), ("come back", back), ("leave", leave)] {
        if !names.is_empty() {
            let names: Vec<&str> = names.iter().map(UserName::as_str).collect();
            say(&format!("{}{would} {what}: {}", names.len(), names.join(", ")));
        }
    }
    for (user_name, role) in moved {
        say(&format!("{user_name}{would} become {role}"));
    }
    say(&format!("{unchanged} stay as they are."));
    for (line, why) in wrong {
        say(&format!("line {line}: {why}"));
    }
}

fn list(node: &OfNode) -> anyhow::Result<()> {
    let StaffTold::Listed { employees } = ask(node, StaffAsk::List)? else {
        bail!("the node answered something else")
    };
    for one in employees {
        let (user_name, role, name) = (one.user_name, one.role, one.name);
        let stands = match one.review {
            _ if one.left => "has left".to_owned(),
            Some((by, true)) => format!("review overdue since {by}"),
            Some((by, false)) => format!("to be reviewed by {by}"),
            None => String::new(),
        };
        say(&format!("{user_name:24} {role:24} {name:32} {stands}"));
    }
    Ok(())
}
