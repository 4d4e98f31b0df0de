//! What surrounds every page: the header with its navigation and account, the footer.

use serde::Serialize;

/// A link of the header's navigation.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize)]
pub struct Link {
    /// The words of the link.
    pub text: String,
    /// A path on this node, without personal data.
    pub href: String,
}

/// Who is signed in, as the header shows it.
#[derive(Clone, Eq, Hash, PartialEq, Serialize)]
pub struct Account {
    /// The employee's name.
    pub name: String,
    /// Where the form that signs out is posted to.
    pub sign_out: String,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Account(redacted)")
    }
}

/// The surroundings of a page. Equal frames are rendered once and kept, so that a page costs only its own content.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize)]
pub struct Frame {
    /// The agency whose node this is.
    pub agency: String,
    /// What this role may go to; empty for who is not signed in.
    pub navigation: Vec<Link>,
    /// The address of the link that the page belongs to.
    pub current: Option<String>,
    /// Who is signed in.
    pub account: Option<Account>,
    /// Feeds that have stopped, of which the account's owner was told: each with since when.
    pub alarms: Vec<String>,
    /// Other addresses at which the account's owner is signed in: each with since when.
    pub elsewhere: Vec<String>,
    /// That few of the account's owner's emergency codes are left, in words.
    pub few_codes: Option<String>,
}
