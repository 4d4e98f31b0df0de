//! `kinfold token …`: smart tokens, from the vendor's file to the bin.

mod code;
mod emergency;
mod enrol;
mod life;
mod order;
mod show;
mod stock;

use clap::Subcommand;

use super::{OfNode, block_on, prompt};
use life::Event;

pub(crate) use life::person;
pub(crate) use show::{code_line, read_token};

/// Smart tokens.
#[derive(Subcommand)]
pub(crate) enum Token {
    /// Gives an employee a soft token: as a QR code here, or by a code for the enrolment page.
    Enrol(enrol::Enrol),
    /// The soft token: shows the code and the seconds left.
    Show(show::Show),
    /// Prints one code of a secret, for testing fobs and other servers.
    Code(code::OneCode),
    /// Writes down that tokens were ordered from a vendor.
    Order(order::Order),
    /// Lists what was ordered, and what of it has come.
    Orders(order::Orders),
    /// Says that nothing more will come of an order.
    OrderEnded(order::Ended),
    /// Takes a vendor's file of fobs into stock: PSKC (RFC 6030) or CSV.
    Import(stock::Import),
    /// Counts tokens, and lists them.
    List(life::List),
    /// Gives a token from the stock to an employee.
    Assign(life::Assign),
    /// Puts an assigned token into use, by two codes that it shows.
    FirstUse(life::FirstUse),
    /// Its employee misses it: it opens nothing any more.
    Lost(life::One),
    /// Issues a code for one shift to whoever lost or broke a token. Two people prove themselves.
    Temporary(life::Temporary),
    /// Lets an employee try again after too many wrong tries. Two people prove themselves.
    Unlock(life::Unlock),
    /// Says how many emergency codes an employee has left; ends them when they are lost.
    Emergency(emergency::Emergency),
    /// A lost token turned up.
    Found(life::One),
    /// It does not work any more.
    Broken(life::One),
    /// Gives whoever holds a token another one.
    Replace(life::Replace),
    /// It was handed back.
    Return(life::One),
    /// It is thrown away, and its secret destroyed.
    Dispose(life::One),
    /// Writes the fobs that nobody holds into an encrypted file. Two people prove themselves.
    Export(stock::Export),
}

impl Token {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Enrol(enrol) => enrol.run(),
            Self::Show(show) => show.run(),
            Self::Code(code) => code.run(),
            Self::Order(order) => order.run(),
            Self::Orders(orders) => orders.run(),
            Self::OrderEnded(ended) => ended.run(),
            Self::Import(import) => import.run(),
            Self::List(list) => list.run(),
            Self::Assign(assign) => assign.run(),
            Self::FirstUse(first) => first.run(),
            Self::Lost(one) => one.run(Event::Lost),
            Self::Temporary(temporary) => temporary.run(),
            Self::Unlock(unlock) => unlock.run(),
            Self::Emergency(emergency) => emergency.run(),
            Self::Found(one) => one.run(Event::Found),
            Self::Broken(one) => one.run(Event::Broken),
            Self::Replace(replace) => replace.run(),
            Self::Return(one) => one.run(Event::Return),
            Self::Dispose(one) => one.run(Event::Dispose),
            Self::Export(export) => export.run(),
        }
    }
}
