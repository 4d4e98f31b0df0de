//! The web application over two nodes in memory.

mod browser;
mod department;
mod ended;
mod hand_over;
mod history;
mod pages;
mod possible;
mod refusals;
mod register;
mod telling;
mod tokens;
mod unread;
mod views;
pub(crate) mod world;

use super::{Department, Services};
