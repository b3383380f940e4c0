//! The tabs of one browser, which share what it keeps.

use super::Browser;
use fantoccini::wd::WindowHandle;

impl Browser {
    /// The tab in front.
    pub async fn tab(&self) -> WindowHandle {
        self.client.window().await.expect("a tab")
    }

    /// Opens another tab and brings it to the front.
    pub async fn new_tab(&self) -> WindowHandle {
        let opened = self.client.new_window(true).await.expect("a tab");
        self.switch_to(&opened.handle).await;
        opened.handle
    }

    /// Brings a tab to the front.
    pub async fn switch_to(&self, tab: &WindowHandle) {
        let switched = self.client.switch_to_window(tab.clone()).await;
        switched.expect("a tab that is there");
    }
}
