//! The changes that a custodian can make, and what makes one impossible.

use jiff::civil::Date;
use kinfold_domain::{
    AbuseCategory, BirthDate, Demographics, EntryId, LegalBasis, NhsNumber, PersonName,
    Professional, RegisterStatus, Telephone,
};

use crate::{records::DiscussionId, register::NotNow};

/// One change of the register by hand.
#[derive(Clone, Debug)]
pub enum Change {
    /// A child who is not on the register yet.
    Add(Box<NewEntry>),
    /// Who the child is, or who works with them: what is `None` stays.
    Correct {
        /// NHS number.
        nhs_number: Option<NhsNumber>,
        /// Name.
        name: Option<PersonName>,
        /// Date of birth.
        birth_date: Option<BirthDate>,
        /// Key worker's name.
        worker: Option<String>,
        /// Key worker's telephone.
        telephone: Option<Telephone>,
    },
    /// A review was held on a day, and the next one set.
    Review {
        /// When it was held.
        held: Date,
        /// The next one.
        next: Date,
    },
    /// The conference chose another category.
    Category(AbuseCategory),
    /// The plan, or being looked after, ended on a day.
    End(Date),
    /// It was ended in error: it is in force.
    Reopen,
    /// Whereabouts must not be shown.
    Seal,
    /// They may be shown again.
    Unseal,
    /// The child of this entry became looked after.
    LookedAfter {
        /// Since when.
        start: Date,
        /// On which basis.
        basis: LegalBasis,
    },
    /// The child of an unborn plan was born: the child's own plan begins, and the mother's ends, on the day of birth.
    Born(Box<Demographics>),
}

/// A child to be added.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// Why.
    pub status: RegisterStatus,
    /// The child; for an unborn plan the mother.
    pub subject: Demographics,
    /// Expected date of birth, for an unborn plan.
    pub expected: Option<BirthDate>,
    /// Category, for a plan.
    pub category: Option<AbuseCategory>,
    /// Legal basis, for a looked-after child.
    pub legal_basis: Option<LegalBasis>,
    /// Since when.
    pub start: Date,
    /// Next review.
    pub next_review: Option<Date>,
    /// Key worker.
    pub worker: Option<Professional>,
    /// The strategy discussion of which this plan came.
    pub discussion: Option<DiscussionId>,
}

/// Why a change can't be made; each says what to do.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ChangeError {
    /// No reason, or too long a one.
    #[error("give the reason, in 500 characters at most")]
    Reason,
    /// The entry says so already.
    #[error("the register says so already: nothing would change")]
    Nothing,
    /// The entry has ended.
    #[error("this entry has ended: reopen it if that was in error, or add a new one")]
    Ended,
    /// The entry is in force.
    #[error("this entry is in force: there is nothing to reopen")]
    InForce,
    /// A day that is still to come.
    #[error("the day must not lie in the future")]
    Future,
    /// It ends before it began.
    #[error("the day lies before the start")]
    BeforeStart,
    /// The next review is not after the one that was held.
    #[error("the next review must lie after the one that was held, and not in the past")]
    ReviewOrder,
    /// A review must be held at least every six months.
    #[error("the next review must be held within six months of the last")]
    ReviewTooLate,
    /// Only plans have categories.
    #[error("a looked-after child has no category of abuse")]
    NoCategory,
    /// The child is on the register already, for the same reason.
    #[error("this child is on the register already, as entry {0}: change that one")]
    AlreadyThere(EntryId),
    /// It needs a category.
    #[error("choose the category of the plan")]
    CategoryMissing,
    /// Only an unborn plan waits for a birth.
    #[error("this is no unborn plan, or the birth is recorded already")]
    NotUnborn,
    /// When was the child born?
    #[error("enter the day of birth")]
    BirthMissing,
    /// It needs a legal basis.
    #[error("choose the legal basis on which the child is looked after")]
    BasisMissing,
    /// No plan has begun since the strategy discussion.
    #[error("the register has no plan of this child that began since the strategy discussion")]
    NoPlanYet,
    /// It is being handed over.
    #[error(
        "the child is being handed over to another council: withdraw the offer, or decide the dispute, under Children handed over"
    )]
    HandingOver,
    /// What a hand-over has come to leaves nothing of that kind to do.
    #[error(transparent)]
    HandOver(#[from] NotNow),
    /// It was offered already.
    #[error("this child is being handed over already: see Children handed over")]
    AlreadyOffered,
    /// A sealed child.
    #[error(
        "a sealed child is handed over by telephone, from desk to desk, so that no message says where the child goes: ring the other council; it adds the child sealed, then end this entry"
    )]
    SealedByTelephone,
    /// A looked-after child.
    #[error(
        "a looked-after child stays with the council that looks after them: tell the other council of the stay instead"
    )]
    NotLookedAfter,
    /// The other council may not be handed anything.
    #[error(
        "the agreement does not let this council be handed a child’s entry: hand over by telephone, and see to the agreement"
    )]
    NoTaker,
    /// The move lies too far ahead.
    #[error("the day of the move must lie within the next 90 days")]
    MoveTooFar,
    /// More than a message holds.
    #[error("this entry is too long for a message: hand over by telephone")]
    TooMuch,
    /// What was told of the child is not here.
    #[error("the child’s details are not here: ring the other council")]
    NotHanded,
    /// The first review is too late.
    #[error("the first review must be held within three months of the conference")]
    FirstReviewTooLate,
    /// The entry made of a hand-over has ended.
    #[error("your register’s own entry of this child has ended: reopen it first, then accept")]
    EndedHere,
    /// A stay's last day.
    #[error("the last day lies before the first")]
    StayOrder,
    /// A stay that is none.
    #[error("a stay of 15 days or more is no temporary stay: hand the child over")]
    StayTooLong,
    /// Nobody could be told apart by it.
    #[error("give an NHS number, or a date of birth")]
    TooLittle,
}

/// The longest reason, in characters.
pub(super) const LONGEST_REASON: usize = 500;

/// A reason as it is kept.
pub(super) fn reason(text: &str) -> Result<String, ChangeError> {
    let text = text.trim();
    if (1..=LONGEST_REASON).contains(&text.chars().count()) {
        Ok(text.to_owned())
    } else {
        Err(ChangeError::Reason)
    }
}
