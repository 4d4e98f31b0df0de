//! Two councils' nodes, joined: each keeps a register.

use std::sync::Arc;

use super::{COUNCIL, Ground, NEIGHBOUR, TestNode, signed_between_councils};
use crate::ports::AgreementStore;

/// Two councils' nodes under one agreement, to which a trust is party as well. Each may be down.
pub struct TwoCouncils {
    /// The one that hands over.
    pub giver: TestNode,
    /// The one that takes over.
    pub taker: TestNode,
}

impl TwoCouncils {
    /// Both nodes, with the agreement activated on both.
    pub async fn start() -> Self {
        let giver = Ground::beside(COUNCIL, NEIGHBOUR);
        // Both speak of the same moments.
        let taker = Ground { clock: giver.clock.clone(), ..Ground::beside(NEIGHBOUR, COUNCIL) };
        let (digest, note) = signed_between_councils();
        for ground in [&giver, &taker] {
            ground.agreements.save(&digest, &note).await.expect("kept");
            ground.agreements.activate(&digest).await.expect("activated");
            ground.source.register.lock().get_or_insert_default();
        }
        Self::open((giver, taker)).await
    }

    async fn open((giver, taker): (Ground, Ground)) -> Self {
        let this = Self { giver: TestNode::open(giver).await, taker: TestNode::open(taker).await };
        this.join();
        this
    }

    /// Joins the nodes.
    pub fn join(&self) {
        let (giver, taker) = (&self.giver, &self.taker);
        giver.ground.link.join(giver.ground.agency.id.clone(), Arc::clone(&taker.desks));
        taker.ground.link.join(taker.ground.agency.id.clone(), Arc::clone(&giver.desks));
    }

    /// Nothing gets through, in either direction, until they are joined again.
    pub fn part(&self) {
        self.giver.ground.link.part();
        self.taker.ground.link.part();
    }

    /// Ends both processes and starts them anew on what they left.
    pub async fn restart(self) -> Self {
        let Self { giver, taker } = self;
        let grounds = (giver.ground.clone(), taker.ground.clone());
        grounds.0.link.part();
        grounds.1.link.part();
        drop((giver, taker));
        Self::open(grounds).await
    }

    /// Moves the clock on.
    pub fn advance(&self, seconds: i64) {
        self.giver.ground.clock.advance(seconds);
    }

    /// Lets both nodes do what they do by themselves, until nothing is new.
    pub async fn settle(&self) {
        for node in [&self.giver, &self.taker, &self.giver, &self.taker] {
            node.settle().await;
        }
    }
}
