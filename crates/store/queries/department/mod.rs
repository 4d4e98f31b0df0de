//! The department: messages that wait, and what somebody has still to deal with.

mod discussions;
mod hand_overs;
pub(crate) mod items;
mod keys;
mod messages;

#[cfg(test)]
#[path = "department_tests.rs"]
pub(crate) mod tests;
