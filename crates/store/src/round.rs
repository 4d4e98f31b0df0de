//! How far the replacement of the key `seeds` has come.

/// One way through everything that the key `seeds` seals. Begin with the default.
#[derive(Clone, Debug, Default)]
pub struct Round {
    /// Where it is.
    pub at: Table,
    /// The identity of the row that was gone through last.
    pub after: String,
    /// Values gone through.
    pub seen: u64,
    /// Of them, those that were sealed anew.
    pub anew: u64,
    /// Of them, those that open under neither key: they were altered or moved.
    pub unopened: u64,
    /// The first of those, by table and identity.
    pub named: Vec<String>,
}

impl Round {
    /// Whether everything was gone through.
    pub fn is_over(&self) -> bool {
        self.at == Table::End
    }
}

/// The tables that hold what the key `seeds` seals, in the order of a round.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Table {
    #[default]
    /// Employees' accounts.
    Account,
    /// Tokens' seeds.
    Token,
    /// Passkeys.
    Passkey,
    /// Emergency codes.
    Emergency,
    /// The last: until then a start with the newest key alone is refused.
    Mark,
    /// Behind the last.
    End,
}

impl Table {
    /// The one after it.
    pub const fn next(self) -> Self {
        match self {
            Self::Account => Self::Token,
            Self::Token => Self::Passkey,
            Self::Passkey => Self::Emergency,
            Self::Emergency => Self::Mark,
            Self::Mark | Self::End => Self::End,
        }
    }

    /// Its name in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mark => "store_key",
            Self::Account => "account",
            Self::Token => "token",
            Self::Passkey => "passkey",
            Self::Emergency => "emergency_sheet",
            Self::End => "end",
        }
    }
}
