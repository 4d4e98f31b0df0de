//! How people come in, and who keeps their accounts.

use std::sync::Arc;

use kinfold_passkey::Site;
use kinfold_service::{
    emergency::{Emergency, EmergencyParts},
    oidc::{Links, LinksParts},
    passkeys::{Passkeys, PasskeysParts},
    sign_in::{SessionLimits, SignIn},
    staff::{Staff, StaffParts},
    testing::MemoryStaff,
    tokens::{Inventory, InventoryParts},
};

use super::{Core, ORIGIN};

impl Core {
    pub(super) fn sign_in(&self, store: &Arc<MemoryStaff>) -> SignIn {
        SignIn::new(
            Arc::<MemoryStaff>::clone(store),
            self.journal.clone(),
            Arc::clone(&self.own_clock),
            Arc::clone(&self.entropy),
            SessionLimits::default(),
        )
    }

    pub(super) fn inventory(&self, store: &Arc<MemoryStaff>, sign_in: &Arc<SignIn>) -> Inventory {
        Inventory::new(InventoryParts {
            tokens: Arc::<MemoryStaff>::clone(store),
            staff: Arc::<MemoryStaff>::clone(store),
            sign_in: Arc::clone(sign_in),
            journal: self.journal.clone(),
            clock: self.clock(),
            entropy: Arc::clone(&self.entropy),
        })
    }

    pub(super) fn links(&self, store: &Arc<MemoryStaff>, sign_in: &Arc<SignIn>) -> Links {
        Links::new(LinksParts {
            links: Arc::<MemoryStaff>::clone(store),
            staff: Arc::<MemoryStaff>::clone(store),
            sign_in: Arc::clone(sign_in),
            journal: self.journal.clone(),
            clock: self.clock(),
            entropy: Arc::clone(&self.entropy),
        })
    }

    pub(super) fn passkeys(&self, store: &Arc<MemoryStaff>, sign_in: &Arc<SignIn>) -> Passkeys {
        Passkeys::new(PasskeysParts {
            site: Some(Site::new(&ORIGIN.parse().unwrap()).unwrap()),
            passkeys: Arc::<MemoryStaff>::clone(store),
            staff: Arc::<MemoryStaff>::clone(store),
            sign_in: Arc::clone(sign_in),
            journal: self.journal.clone(),
            clock: self.clock(),
            entropy: Arc::clone(&self.entropy),
        })
    }

    pub(super) fn emergency(&self, store: &Arc<MemoryStaff>, sign_in: &Arc<SignIn>) -> Emergency {
        Emergency::new(EmergencyParts {
            sheets: Arc::<MemoryStaff>::clone(store),
            staff: Arc::<MemoryStaff>::clone(store),
            sign_in: Arc::clone(sign_in),
            journal: self.journal.clone(),
            clock: self.clock(),
            entropy: Arc::clone(&self.entropy),
        })
    }

    pub(super) fn staff(
        &self,
        store: &Arc<MemoryStaff>,
        (inventory, passkeys, emergency, links): (
            &Arc<Inventory>,
            &Arc<Passkeys>,
            &Arc<Emergency>,
            &Arc<Links>,
        ),
        sign_in: &Arc<SignIn>,
    ) -> Staff {
        Staff::new(StaffParts {
            agency: self.agency.id.clone(),
            issuer: self.agency.name.clone(),
            store: Arc::<MemoryStaff>::clone(store),
            inventory: Arc::clone(inventory),
            passkeys: Arc::clone(passkeys),
            emergency: Arc::clone(emergency),
            links: Arc::clone(links),
            sign_in: Arc::clone(sign_in),
            agreements: Arc::clone(&self.agreements),
            journal: self.journal.clone(),
            clock: self.clock(),
            entropy: Arc::clone(&self.entropy),
        })
    }
}
