//! A sign-in under way in one browser.

use super::store::StoredContact;
use crate::infra::clock::Timestamp;
use crate::name_enum;

name_enum! {
    /// How far a sign-in has come.
    ///
    /// ```mermaid
    /// stateDiagram-v2
    ///     [*] --> pending
    ///     pending --> used: sign_in
    ///     pending --> verified: verify
    ///     verified --> used: choose_name
    ///     used --> [*]
    /// ```
    pub enum TicketState {
        /// The code has been sent.
        Pending = "pending",
        /// The code was right, and a newcomer is choosing a name.
        Verified = "verified",
        /// The person is in, or the code has been used up.
        Used = "used",
    }
}

/// A step that a sign-in does not have from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sign-in that is {from:?} cannot take this step")]
pub struct TicketError {
    /// How far it has come.
    pub from: TicketState,
}

impl TicketState {
    /// The code was right, and somebody with an account is in.
    pub const fn sign_in(self) -> Result<Self, TicketError> {
        match self {
            Self::Pending => Ok(Self::Used),
            Self::Verified | Self::Used => Err(TicketError { from: self }),
        }
    }

    /// The code was right, and a newcomer chooses a name next.
    pub const fn verify(self) -> Result<Self, TicketError> {
        match self {
            Self::Pending => Ok(Self::Verified),
            Self::Verified | Self::Used => Err(TicketError { from: self }),
        }
    }

    /// The newcomer has chosen a name and is in.
    pub const fn choose_name(self) -> Result<Self, TicketError> {
        match self {
            Self::Verified => Ok(Self::Used),
            Self::Pending | Self::Used => Err(TicketError { from: self }),
        }
    }
}

/// A sign-in under way in one browser.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// The contact that is being proved.
    pub contact: StoredContact,
    /// How far it has come.
    pub state: TicketState,
    /// How many wrong codes were typed.
    pub tries: i32,
    /// When it runs out.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::drawn_edges;

    type Step = fn(TicketState) -> Result<TicketState, TicketError>;

    const STEPS: [(&str, Step); 3] = [
        ("sign_in", TicketState::sign_in),
        ("verify", TicketState::verify),
        ("choose_name", TicketState::choose_name),
    ];

    const fn name(state: TicketState) -> &'static str {
        match state {
            TicketState::Pending => "pending",
            TicketState::Verified => "verified",
            TicketState::Used => "used",
        }
    }

    #[test]
    fn every_state_and_step_is_as_the_diagram_has_it() {
        let mut edges = Vec::new();
        for from in [
            TicketState::Pending,
            TicketState::Verified,
            TicketState::Used,
        ] {
            for (step, take) in STEPS {
                match take(from) {
                    Ok(next) => edges.push((name(from), name(next), step)),
                    Err(error) => assert_eq!(error, TicketError { from }),
                }
            }
        }
        assert_eq!(edges, drawn_edges(include_str!("ticket.rs")));
    }
}
