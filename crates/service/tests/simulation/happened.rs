//! What people and systems did, as they know it themselves: what they were told succeeded must have happened, once; of what they got no
//! answer to either may be true.

use std::collections::BTreeSet;

use kinfold_domain::{EntryId, Movement};
use kinfold_service::department::{AttendanceId, Outcome};

use crate::handing::Word;

/// A message of a hospital's system.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) sender: &'static str,
    pub(crate) control_id: String,
    /// What it says; `None` for one that nobody understands.
    pub(crate) movement: Option<Movement>,
    pub(crate) acknowledged: bool,
}

/// Somebody did something with a node. Everybody does one thing only, so that it is known by the user name.
#[derive(Clone, Debug)]
pub(crate) struct Deed {
    pub(crate) by: String,
    pub(crate) what: What,
    /// Whether they were told that it was done; `None` when the node ended meanwhile.
    pub(crate) done: Option<bool>,
}

/// What somebody did.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum What {
    /// A nurse said what became of an attendance on the board.
    Outcome(AttendanceId, Outcome),
    /// A nurse recorded an attendance of a child whom the hospital's system did not announce.
    ByHand(Vec<EntryId>, Outcome),
    /// A social worker answered for an attendance.
    Answered(AttendanceId),
    /// A nurse said that an entry is wrong.
    Wrong(EntryId),
}

/// All that happened.
#[derive(Default)]
pub(crate) struct Happened {
    pub(crate) sent: Vec<Sent>,
    pub(crate) deeds: Vec<Deed>,
    /// What custodians said about hand-overs.
    pub(crate) words: Vec<Word>,
    /// Children whose plan was closed in the case system of the council that had it first.
    pub(crate) closed: BTreeSet<usize>,
    /// How many changes each council's register had when it was last looked at.
    pub(crate) sizes: Vec<usize>,
}

impl Happened {
    /// Somebody begins; under which name.
    pub(crate) fn begin(&mut self, role: &str, what: What) -> String {
        let by = format!("{role}-{}", self.deeds.len());
        self.deeds.push(Deed { by: by.clone(), what, done: None });
        by
    }

    pub(crate) fn end(&mut self, by: &str, done: Option<bool>) {
        let deed = self.deeds.iter_mut().find(|deed| deed.by == by).unwrap();
        deed.done = done;
    }

    /// What was last said of an attendance, as far as everybody who said something knows that it was kept. What a nurse recorded by hand
    /// may have been about any attendance.
    pub(crate) fn last_outcome(&self, id: AttendanceId) -> Option<Outcome> {
        let about = |deed: &&Deed| match deed.what {
            What::Outcome(of, _) => of == id,
            What::ByHand(..) => true,
            What::Answered(_) | What::Wrong(_) => false,
        };
        let last = self.deeds.iter().rfind(about)?;
        match last.what {
            What::Outcome(_, outcome) if last.done == Some(true) => Some(outcome),
            _ => None,
        }
    }
}
