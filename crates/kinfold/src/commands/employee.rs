//! `kinfold employee …`: named employees.

use clap::{Args, Subcommand};
use kinfold_domain::{EmailAddress, Role, UserName};

use super::{OfNode, block_on, prompt};
use crate::{
    control::{Answer, Request, carry_out},
    telemetry::say,
};

/// Named employees.
#[derive(Subcommand)]
pub(crate) enum Employee {
    /// Adds an account, for one person. The PIN is asked for.
    Add(Add),
    /// Sets or takes away where an employee is told by e-mail that something waits.
    SetEmail(SetEmail),
    /// Lists accounts.
    List(OfNode),
}

/// A new account.
#[derive(Args)]
pub(crate) struct Add {
    #[command(flatten)]
    node: OfNode,
    /// What the employee types to sign in: never reused.
    user_name: UserName,
    /// The person's name, as the other agency will read it.
    #[arg(long)]
    name: String,
    /// Job title, as the other agency will read it.
    #[arg(long)]
    job_title: String,
    /// Role, as the agreement names it.
    #[arg(long)]
    role: Role,
    /// Where they are told by e-mail that something waits; no e-mail says anything about a child.
    #[arg(long)]
    email: Option<EmailAddress>,
}

/// An employee's address.
#[derive(Args)]
pub(crate) struct SetEmail {
    #[command(flatten)]
    node: OfNode,
    /// Whose.
    user_name: UserName,
    /// The address.
    #[arg(required_unless_present = "none")]
    email: Option<EmailAddress>,
    /// Takes the address away.
    #[arg(long, conflicts_with = "email")]
    none: bool,
}

impl Employee {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Add(add) => add.run(),
            Self::SetEmail(set) => set.run(),
            Self::List(node) => list(&node),
        }
    }
}

impl Add {
    fn run(self) -> anyhow::Result<()> {
        let pin = prompt::secret("First PIN, six digits or more")?;
        let request = Request::AddEmployee {
            user_name: self.user_name.clone(),
            name: self.name,
            job_title: self.job_title,
            role: self.role,
            pin: pin.to_string(),
            email: self.email,
        };
        block_on(carry_out(self.node.read()?, request))?;
        say(&format!("{} was added. Next: kinfold token enrol {}", self.user_name, self.user_name));
        Ok(())
    }
}

impl SetEmail {
    fn run(self) -> anyhow::Result<()> {
        let (user_name, removed) = (self.user_name.clone(), self.none);
        let request = Request::SetEmail { user_name: self.user_name, email: self.email };
        block_on(carry_out(self.node.read()?, request))?;
        let told = if removed { "is not told by e-mail any more" } else { "is told by e-mail" };
        say(&format!("{user_name} {told}."));
        Ok(())
    }
}

fn list(node: &OfNode) -> anyhow::Result<()> {
    let answer = block_on(carry_out(node.read()?, Request::ListEmployees))?;
    if let Answer::Employees { employees } = answer {
        for (user_name, name, role) in employees {
            say(&format!("{user_name:24} {role:24} {name}"));
        }
    }
    Ok(())
}
