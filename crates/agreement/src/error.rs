//! Why an agreement was not accepted: each a plain sentence for the screen.

use jiff::Timestamp;
use kinfold_domain::{AgencyId, Category};
use kinfold_note::{KeyName, NoteError};

use crate::{ClauseId, term::words};

/// Why an agreement cannot be drafted, signed, verified or activated. Nothing flows under it.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AgreementError {
    /// Not a signed note at all: cut short, damaged, or something else.
    #[error("this file is not a signed agreement: {0}")]
    Note(NoteError),
    /// The document is wrong.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The clauses are wrong.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// An approver's signature is over another text.
    #[error("the agreement was altered after {signer} signed it, or that signature is forged")]
    Altered {
        /// The key's name in the signature.
        signer: KeyName,
    },
    /// Not every party's approver has signed.
    #[error("the agreement still lacks the signature of an approver of {}", list(missing))]
    MissingSignature {
        /// The names of the parties whose signatures are missing.
        missing: Vec<String>,
    },
    /// The key that should sign is no approver's.
    #[error("{key} is not the key of an approver that this agreement names")]
    NotAnApprover {
        /// The key's name.
        key: KeyName,
    },
    /// It begins later.
    #[error("the agreement begins on {}: until then nothing flows", words(*.from))]
    NotYetValid {
        /// Its first moment.
        from: Timestamp,
    },
    /// It ended.
    #[error("the agreement ended on {}: nothing flows until a new one is signed", words(*.until))]
    Expired {
        /// The first moment past it.
        until: Timestamp,
    },
    /// A party revoked it.
    #[error("{by} revoked the agreement on {}: nothing flows", words(*.at))]
    Revoked {
        /// The name of the party whose approver revoked it.
        by: String,
        /// When, as the revocation says.
        at: Timestamp,
    },
    /// This node's agency takes no part.
    #[error("{agency} is not a party of this agreement")]
    NotAParty {
        /// This node's agency.
        agency: AgencyId,
    },
    /// The agreement names another key for this agency's node.
    #[error(
        "the agreement names another node of {agency}: its key is {named}, this node's is {own}"
    )]
    AnotherNode {
        /// This node's agency.
        agency: AgencyId,
        /// The name and hash of the key that the agreement names.
        named: String,
        /// The name and hash of this node's key.
        own: String,
    },
    /// None of this agency's approvers that this node trusts has signed.
    #[error("nobody signed for {agency} whom this node knows as its approver")]
    UntrustedApprover {
        /// This node's agency.
        agency: AgencyId,
    },
}

/// What is wrong with the document.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DocumentError {
    /// The first line is another one.
    #[error("an agreement begins with the line kinfold/agreement/v1")]
    Header,
    /// A control or invisible character.
    #[error("the text contains a tab, or characters that cannot be seen")]
    Unseen,
    /// Not TOML, a missing or an unknown field, a value that cannot be read.
    #[error("line {line}: {message}")]
    Toml {
        /// The line of the file, from 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },
    /// Longer than its cap.
    #[error("{what} is longer than {most}")]
    TooLong {
        /// What is.
        what: &'static str,
        /// How long it may be, in characters (whole texts: in bytes).
        most: usize,
    },
    /// Empty, padded or of several lines.
    #[error("{what} must be one line of words")]
    Wording {
        /// What must.
        what: &'static str,
    },
    /// Too few or too many.
    #[error("an agreement has {least} to {most} {what}, this one {found}")]
    Count {
        /// Of what.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there must be.
        least: usize,
        /// How many there may be.
        most: usize,
    },
    /// Version 0.
    #[error("an agreement's version is 1 or more")]
    Version,
    /// The end is not after the beginning, or one of them leaves the calendar.
    #[error("the agreement must end after it begins")]
    Term,
    /// Two things of one name.
    #[error("{what} {name} is given twice")]
    Twice {
        /// Of which sort.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A role of an agency that takes no part.
    #[error("role {role} belongs to {agency}, which is not a party")]
    RoleOfStranger {
        /// The role.
        role: String,
        /// The agency.
        agency: String,
    },
    /// One key in two places.
    #[error("key {key} stands in two places: each key has one purpose")]
    SharedKey {
        /// The key's name.
        key: String,
    },
}

/// What is wrong with the clauses.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PolicyError {
    /// Not Cedar.
    #[error("the policy cannot be read, line {line}: {message}")]
    Syntax {
        /// The line of the policy's text, from 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },
    /// Longer than its cap.
    #[error("the policy is longer than {most} bytes")]
    TooLong {
        /// How many bytes it may have.
        most: usize,
    },
    /// No policy, or too many.
    #[error("a policy has 1 to {most} clauses, this one {found}")]
    Count {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// Brackets or conditions nested more deeply, or a clause longer, than anybody could review.
    #[error("the clause that begins on line {line} of the policy is too long or too deeply nested")]
    TooDeep {
        /// The line of the policy's text, from 1.
        line: usize,
    },
    /// A template (`?principal`): nothing fills its slots.
    #[error("policy {position} has slots such as ?principal: name the role instead")]
    Template {
        /// Its place in the text, from 1.
        position: usize,
    },
    /// No `@clause` or `@reads`, or one that cannot be read.
    #[error("policy {position} needs @{annotation}(\"…\")")]
    Annotation {
        /// Its place in the text, from 1.
        position: usize,
        /// Which annotation.
        annotation: &'static str,
    },
    /// An annotation that this version gives no meaning.
    #[error("clause {clause}: @{annotation} is unknown")]
    UnknownAnnotation {
        /// The clause.
        clause: ClauseId,
        /// The annotation.
        annotation: String,
    },
    /// `@notifies` of somebody unknown, or on a clause that gives nothing.
    #[error("clause {clause}: only a permit notifies, and only @notifies(\"key-worker\")")]
    Notifies {
        /// The clause.
        clause: ClauseId,
    },
    /// Two clauses of one number.
    #[error("clause {clause} is given twice")]
    Twice {
        /// The clause.
        clause: ClauseId,
    },
    /// A role, purpose, category or agency that the agreement does not have.
    #[error("clause {clause} speaks of {thing}, which the agreement does not have")]
    Unknown {
        /// The clause.
        clause: ClauseId,
        /// What it speaks of: `Role::"council/teacher"`.
        thing: String,
    },
    /// Cedar's strict validation refuses it.
    #[error("clause {clause}: {message}")]
    Invalid {
        /// The clause.
        clause: ClauseId,
        /// Cedar's words.
        message: String,
    },
    /// A permit that gives a category without naming it.
    #[error(
        "clause {clause} gives {category} without naming it: a permit names every category that it gives"
    )]
    Unnamed {
        /// The clause.
        clause: ClauseId,
        /// The category.
        category: Category,
    },
    /// A node's own rules may forbid only.
    #[error("rule {clause} permits: a node's own rules may only forbid")]
    LocalPermit {
        /// The rule.
        clause: ClauseId,
    },
}

/// Why a revocation was not accepted, or not made.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RevocationError {
    /// Not a signed revocation.
    #[error("this file is not a signed revocation")]
    Malformed,
    /// Empty, too long or of several lines.
    #[error("a revocation's reason is one line of up to 600 characters")]
    Reason,
    /// It revokes another agreement, or another version.
    #[error("this revocation is of another agreement or another version")]
    AnotherAgreement,
    /// Nobody signed it who could.
    #[error("no approver of a party signed this revocation")]
    NotAnApprover,
    /// An approver's signature is over another text.
    #[error("the revocation was altered after {signer} signed it, or that signature is forged")]
    Altered {
        /// The key's name in the signature.
        signer: KeyName,
    },
}

fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and of {last}", most.join(", of ")),
    }
}
