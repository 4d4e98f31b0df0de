//! A token's life, from the vendor's parcel to the bin: which step may follow which.
//!
//! ```text
//! (import) → in stock ─assign→ assigned ─first use→ in use ─lost→ lost ─found→ in use
//!                ↑                 │                  │ └broken→ broken     (or assigned, or replaced)
//!                └──── returned ←──┴─────returned─────┴─replaced→ replaced ─returned→ returned
//! assigned, in use ─its employee left→ recalled ─returned→ returned, ─lost→ lost
//! in stock, returned, lost, broken, replaced, recalled ─dispose→ disposed
//! ```
//!
//! Only a token *in use* opens anything. It comes there by its first use, which two successive codes prove, or by being found again.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a token is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A thing with a display, from a vendor's file.
    Fob,
    /// A secret in somebody's own device: Kinfold's soft token or an app.
    Soft,
    /// A code for one shift, in place of a token that is lost or broken.
    Temporary,
}

/// Where a token is in its life.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// In the cupboard, nobody's.
    InStock,
    /// Given to an employee; its two successive codes were not yet seen.
    Assigned,
    /// Somebody's, and it opens sessions.
    InUse,
    /// Somebody misses it.
    Lost,
    /// It does not work any more.
    Broken,
    /// Its employee has another one: it is to be handed back.
    Replaced,
    /// Its employee has left: it is to be handed back.
    Recalled,
    /// Handed back; it may be given to somebody else.
    Returned,
    /// Gone for good, and its secret with it.
    Disposed,
}

/// What happens to a token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Happening {
    /// It is given to an employee.
    Assigned,
    /// It showed two successive codes.
    FirstUsed,
    /// Its employee misses it.
    Lost,
    /// It turned up, and this is how it goes on.
    Found(FoundAs),
    /// It does not work any more.
    Broken,
    /// Its employee has another one.
    Replaced,
    /// Its employee has left.
    Left,
    /// It was handed back.
    Returned,
    /// It is thrown away.
    Disposed,
}

/// How a token that was lost goes on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FoundAs {
    /// It had been used.
    Used,
    /// It never had.
    Unused,
    /// Its employee uses another one by now.
    Superseded,
}

/// What cannot happen to a token as it stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("that can't happen to a token that is {}", standing.words())]
pub struct NotNow {
    /// How it stands.
    pub standing: Standing,
}

impl Kind {
    /// The word that is stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fob => "fob",
            Self::Soft => "soft",
            Self::Temporary => "temporary",
        }
    }
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Fob, Self::Soft, Self::Temporary].into_iter().find(|k| k.word() == text).ok_or(())
    }
}

impl Standing {
    /// All, in the order of a life.
    pub const ALL: [Self; 9] = [
        Self::InStock,
        Self::Assigned,
        Self::InUse,
        Self::Lost,
        Self::Broken,
        Self::Replaced,
        Self::Recalled,
        Self::Returned,
        Self::Disposed,
    ];

    /// The word that is stored and that addresses carry.
    pub const fn word(self) -> &'static str {
        match self {
            Self::InStock => "in-stock",
            Self::Assigned => "assigned",
            Self::InUse => "in-use",
            Self::Lost => "lost",
            Self::Broken => "broken",
            Self::Replaced => "replaced",
            Self::Recalled => "recalled",
            Self::Returned => "returned",
            Self::Disposed => "disposed",
        }
    }

    /// As people say it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::InStock => "in stock",
            Self::InUse => "in use",
            other => other.word(),
        }
    }

    /// Whether it is nobody's: only then may its secret leave the node.
    pub const fn is_free(self) -> bool {
        matches!(self, Self::InStock | Self::Returned)
    }

    /// How a token of this kind stands after that.
    pub fn after(self, happening: Happening, kind: Kind) -> Result<Self, NotNow> {
        use Happening as H;
        let next = match (self, happening) {
            (Self::InStock | Self::Returned, H::Assigned)
            | (Self::Lost, H::Found(FoundAs::Unused)) => Self::Assigned,
            (Self::Assigned, H::FirstUsed) | (Self::Lost, H::Found(FoundAs::Used)) => Self::InUse,
            (Self::Assigned | Self::InUse | Self::Recalled, H::Lost) => Self::Lost,
            (Self::Assigned | Self::InUse, H::Replaced)
            | (Self::Lost, H::Found(FoundAs::Superseded)) => Self::Replaced,
            (
                Self::InStock
                | Self::Assigned
                | Self::InUse
                | Self::Lost
                | Self::Recalled
                | Self::Returned,
                H::Broken,
            ) => Self::Broken,
            // A secret in somebody's own device can't be handed back: it is disposed of.
            (Self::Assigned | Self::InUse, H::Left) if kind == Kind::Fob => Self::Recalled,
            (
                Self::Assigned | Self::InUse | Self::Lost | Self::Replaced | Self::Recalled,
                H::Returned,
            ) if kind == Kind::Fob => Self::Returned,
            (
                Self::InStock
                | Self::Returned
                | Self::Lost
                | Self::Broken
                | Self::Replaced
                | Self::Recalled,
                H::Disposed,
            ) => Self::Disposed,
            (Self::Assigned | Self::InUse, H::Disposed | H::Left) if kind != Kind::Fob => {
                Self::Disposed
            }
            (standing, _) => return Err(NotNow { standing }),
        };
        Ok(next)
    }
}

impl FromStr for Standing {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|standing| standing.word() == text).ok_or(())
    }
}

#[cfg(test)]
#[path = "life_tests.rs"]
mod tests;
