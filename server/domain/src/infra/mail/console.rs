//! Messages that are kept instead of sent, for the demo and tests: the last ones can be read on a page.

use super::{Message, Sender, Sending};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// How many messages are kept.
const KEPT: usize = 500;

/// Keeps messages instead of sending them.
#[derive(Debug, Clone, Default)]
pub struct Console(Arc<Mutex<VecDeque<Message>>>);

impl Console {
    /// The messages kept, newest first.
    pub fn messages(&self) -> Vec<Message> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().rev().cloned().collect()
    }

    /// The newest message to this address.
    pub fn newest_to(&self, address: &str) -> Option<Message> {
        self.messages()
            .into_iter()
            .find(|message| message.to == address)
    }
}

impl Sender for Console {
    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        Box::pin(async move {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() == KEPT {
                kept.pop_front();
            }
            kept.push_back(message.clone());
            Ok(())
        })
    }
}
