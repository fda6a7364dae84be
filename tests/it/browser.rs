//! A headless Chromium, driven through chromedriver. Nothing of it is needed to build or to test; where it is absent,
//! the test that wants it says so.

use serde_json::{Value, json};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Keys by their code in the WebDriver protocol.
pub(crate) const ENTER: &str = "\u{e007}";
pub(crate) const TAB: &str = "\u{e004}";
pub(crate) const DOWN: &str = "\u{e015}";

pub(crate) struct Browser {
    driver: Child,
    session: String,
}

impl Browser {
    /// `None` if there is no chromedriver, or it cannot start a browser.
    pub(crate) fn start() -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        let program = std::env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".to_owned());
        let mut driver = Command::new(program);
        driver.arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null());
        let mut browser = Self { driver: driver.spawn().ok()?, session: format!("http://127.0.0.1:{port}/session") };
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "goog:chromeOptions": {"args": ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage",
                "--window-size=1280,900", "--no-first-run", "--disable-background-networking"]}}}});
        let from = Instant::now();
        while from.elapsed() < Duration::from_mins(1) {
            sleep(Duration::from_millis(300));
            let Some(answer) = post(&browser.session, &wanted) else { continue };
            let Some(id) = answer["value"]["sessionId"].as_str() else { break };
            browser.session = format!("{}/{id}", browser.session);
            return Some(browser);
        }
        None
    }

    fn call(&self, command: &str, body: &Value) -> Value {
        let answer = post(&format!("{}/{command}", self.session), body);
        answer.unwrap_or_else(|| panic!("chromedriver does not answer {command}"))["value"].clone()
    }

    pub(crate) fn open(&mut self, url: &str) {
        self.call("url", &json!({"url": url}));
    }

    /// Types, wherever the focus is.
    pub(crate) fn keys(&mut self, text: &str) {
        let strokes: Vec<Value> = text
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key.to_string()})))
            .collect();
        self.call("actions", &json!({"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]}));
    }

    pub(crate) fn run(&self, script: &str) -> Value {
        self.call("execute/sync", &json!({"script": script, "args": []}))
    }

    /// Waits until a script gives true.
    pub(crate) fn until(&self, script: &str) {
        let from = Instant::now();
        while self.run(script) != true {
            assert!(from.elapsed() < Duration::from_secs(30), "never true: {script}");
            sleep(Duration::from_millis(50));
        }
    }

    /// The size of the page, as a phone has it; a window cannot be made as narrow.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": true});
        let command = json!({"cmd": "Emulation.setDeviceMetricsOverride", "params": size});
        self.call("goog/cdp/execute", &command);
    }

    /// Errors on the console so far.
    pub(crate) fn errors(&self) -> Vec<String> {
        let log = self.call("se/log", &json!({"type": "browser"}));
        let severe = log.as_array().into_iter().flatten().filter(|entry| entry["level"] == "SEVERE");
        severe.map(|entry| entry["message"].to_string()).collect()
    }

    /// Addresses asked for that are not on the disk.
    pub(crate) fn outside_requests(&self) -> Vec<String> {
        let log = self.call("se/log", &json!({"type": "performance"}));
        let messages = log.as_array().into_iter().flatten().filter_map(|entry| entry["message"].as_str());
        let messages = messages.filter_map(|message| serde_json::from_str::<Value>(message).ok());
        let requests = messages.filter(|it| it["message"]["method"] == "Network.requestWillBeSent");
        let urls = requests.filter_map(|it| it["message"]["params"]["request"]["url"].as_str().map(str::to_owned));
        urls.filter(|url| !url.starts_with("file:") && !url.starts_with("data:") && !url.starts_with("chrome"))
            .collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = ureq::delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn post(url: &str, body: &Value) -> Option<Value> {
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let mut answer = agent.post(url).header("content-type", "application/json").send(&body.to_string()).ok()?;
    serde_json::from_str(&answer.body_mut().read_to_string().ok()?).ok()
}
