//! What was ordered from a vendor.

use anyhow::bail;
use clap::Args;
use jiff::{Zoned, civil::Date};
use kinfold_service::ports::TokenOrder;

use super::{
    OfNode,
    life::{asked, done},
};
use crate::{
    control::{TokenAsk, TokenTold},
    telemetry::say,
};

/// An order.
#[derive(Args)]
pub(crate) struct Order {
    #[command(flatten)]
    node: OfNode,
    /// Its number, yours or the vendor's.
    reference: String,
    /// Who sends them.
    #[arg(long)]
    vendor: String,
    /// How many.
    #[arg(long)]
    tokens: u64,
    /// When it was ordered, like 2026-11-30; today where nothing is said.
    #[arg(long)]
    ordered: Option<Date>,
    /// When it should be there.
    #[arg(long)]
    expected: Option<Date>,
}

/// The orders.
#[derive(Args)]
pub(crate) struct Orders {
    #[command(flatten)]
    node: OfNode,
}

/// An order of which nothing more comes.
#[derive(Args)]
pub(crate) struct Ended {
    #[command(flatten)]
    node: OfNode,
    /// Its number.
    reference: String,
}

impl Order {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Self { node, reference, vendor, tokens, ordered, expected } = self;
        let told = format!("{tokens} tokens are on order from {vendor}.");
        done(&node, TokenAsk::Order { reference, vendor, tokens, ordered, expected })?;
        say(&told);
        say("When they come: kinfold token import FILE --order NUMBER");
        Ok(())
    }
}

impl Orders {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let TokenTold::Orders { orders } = asked(&self.node, TokenAsk::Orders)? else {
            bail!("the node answered something else")
        };
        if orders.is_empty() {
            say("Nothing was ordered yet.");
        }
        let today = Zoned::now().date();
        for order in &orders {
            say(&line(order, today));
        }
        Ok(())
    }
}

impl Ended {
    pub(super) fn run(self) -> anyhow::Result<()> {
        done(&self.node, TokenAsk::CloseOrder { reference: self.reference })?;
        say("Nothing more is expected of it.");
        Ok(())
    }
}

fn line(order: &TokenOrder, today: Date) -> String {
    let TokenOrder { reference, vendor, tokens, arrived, ordered, expected, .. } = order;
    let stands = match expected {
        _ if !order.is_open() => "ended".to_owned(),
        Some(day) if *day < today => format!("LATE: expected {day}"),
        Some(day) => format!("expected {day}"),
        None => "open".to_owned(),
    };
    format!("{reference}  {vendor}  {arrived} of {tokens} have come  ordered {ordered}  {stands}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_late_only_while_something_of_it_is_to_come() {
        let day: Date = "2026-11-23".parse().unwrap();
        let mut order = TokenOrder {
            reference: "PO-1".to_owned(),
            vendor: "A maker".to_owned(),
            tokens: 50,
            arrived: 20,
            ordered: day,
            expected: Some(day),
            closed: None,
        };
        assert!(line(&order, day).ends_with("expected 2026-11-23"));
        let later = day.tomorrow().unwrap();
        assert!(line(&order, later).contains("20 of 50") && line(&order, later).contains("LATE"));
        order.arrived = 50;
        assert!(line(&order, later).ends_with("ended"));
    }
}
