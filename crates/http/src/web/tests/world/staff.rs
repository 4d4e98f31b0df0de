//! Employees with tokens, who sign in.

use jiff::SignedDuration;
use kinfold_domain::UserName;
use kinfold_service::{ports::Clock, staff::NewEmployee};
use kinfold_token::{Code, CodePair, Generator, Pin};

use super::Node;

/// Every employee's PIN.
pub(crate) const PIN: &str = "804713";

/// An employee whose token the test holds.
pub(crate) struct Person {
    pub(crate) user_name: UserName,
    pub(crate) token: Generator,
}

impl Node {
    /// Adds an employee of this role with a confirmed token: `ROLE.test`, then `ROLE.test1`.
    pub(crate) async fn employ(&self, role: &str) -> Person {
        let staff = self.staff.list().await.unwrap();
        let number = match staff.iter().filter(|known| known.role.as_str() == role).count() {
            0 => String::new(),
            before => before.to_string(),
        };
        let user_name: UserName = format!("{role}.test{number}").parse().unwrap();
        let new = NewEmployee {
            user_name: user_name.clone(),
            name: format!("Kim {role}"),
            job_title: "Test job".to_owned(),
            role: role.parse().unwrap(),
            email: None,
        };
        let pin = PIN.parse::<Pin>().unwrap().choose().unwrap();
        self.staff.add(new, &pin).await.unwrap();
        let uri = self.staff.issue_token(&user_name).await.unwrap().uri;
        let token = Generator::new(uri.seed(), uri.parameters());
        let first = self.next_code(&token);
        let codes = CodePair::new(first, self.next_code(&token));
        self.staff.confirm_token(&user_name, &codes).await.unwrap();
        Person { user_name, token }
    }

    /// Waits for the token's next code.
    pub(crate) fn next_code(&self, token: &Generator) -> Code {
        self.core.clock.pass(SignedDuration::from_secs(8));
        token.code_at(self.core.clock.now())
    }
}
