//! Children with fixed, memorable details: what the demonstration shows and tests rely on.

use kinfold_domain::Subject;

use crate::resident::ResidentId;

/// Which story.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StoryKey {
    /// On a plan, with several visits to the emergency department.
    OnPlan,
    /// Her brother, on a plan too.
    SiblingOnPlan,
    /// A plan that ended some weeks ago.
    RecentlyEnded,
    /// Known to both agencies, on no register.
    NotOnRegister,
    /// A twin on a plan.
    TwinOnPlan,
    /// The other twin, who is not.
    TwinNotOnPlan,
    /// Whereabouts must not be shown.
    Sealed,
    /// A mother with a plan for her unborn child.
    UnbornPlan,
    /// The number of one child typed with the name of another.
    AnotherName,
    /// The agencies spell the child differently, and the council has no number.
    AnotherSpelling,
    /// Looked after, with a name in two scripts.
    LookedAfter,
    /// Two children of one name and birth date.
    Several,
}

/// What a check of the story's child must answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StoryAnswer {
    /// On the register.
    OnRegister,
    /// Recently ended.
    RecentlyEnded,
    /// Not on the register.
    NotOnRegister,
    /// Several possible children.
    Several,
    /// Sealed.
    Sealed,
    /// "This number, another name": it is said at once that the number is on the register under another name, and nothing else is opened
    /// until the asker has confirmed which child it is.
    AnotherName,
}

/// One story child.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Story {
    /// Which story.
    pub key: StoryKey,
    /// The story in a line.
    pub told: &'static str,
    /// Who it is in truth.
    pub resident: ResidentId,
    /// What to type.
    pub ask: Subject,
    /// What the check answers.
    pub answer: StoryAnswer,
    /// Visits to the emergency department.
    pub attendances: usize,
}
