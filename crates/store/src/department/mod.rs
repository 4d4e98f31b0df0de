//! The department: messages that wait, and what somebody has still to deal with.

pub(crate) mod items;
mod messages;

#[cfg(test)]
#[path = "department_tests.rs"]
mod tests;
