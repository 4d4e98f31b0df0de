//! The web application over two nodes in memory.

mod break_glass;
mod browser;
mod clock;
mod department;
mod emergency;
mod ended;
mod hand_over;
mod history;
mod outside;
mod pages;
mod passkeys;
mod phone;
mod places;
mod possible;
mod refusals;
mod register;
mod shared;
mod spray;
mod staff;
mod step_up;
mod strangers;
mod telling;
mod tokens;
mod unread;
mod views;
pub(crate) mod world;

use super::{Department, Services};
