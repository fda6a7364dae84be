//! Downloads: with limits, written beside the target and renamed, so that no half a file is ever taken for data.

use super::dataset::is_lfs_pointer;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

/// Told how a download goes, from the thread that downloads.
pub trait Progress: Send + Sync {
    /// A download begins; the size in bytes, if the server says it.
    fn started(&self, url: &str, size: Option<u64>);
    /// So many bytes have come so far.
    fn advanced(&self, url: &str, bytes: u64);
    /// The download is over, well or not.
    fn finished(&self, url: &str);
}

/// Time to connect, and to the first byte of the answer.
const CONNECT: Duration = Duration::from_secs(30);

/// Time for a whole download.
const WHOLE: Duration = Duration::from_mins(30);

pub(super) struct Downloader<'a> {
    pub(super) limit: u64,
    pub(super) progress: Option<&'a dyn Progress>,
}

impl Downloader<'_> {
    /// Fetches a file; the error says in one sentence why it is not there.
    pub(super) fn fetch(&self, url: &str, target: &Path) -> Result<(), String> {
        let result = self.try_fetch(url, target);
        if let Some(progress) = self.progress {
            progress.finished(url);
        }
        result
    }

    fn try_fetch(&self, url: &str, target: &Path) -> Result<(), String> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(CONNECT))
            .timeout_global(Some(WHOLE))
            .http_status_as_error(false)
            .user_agent(concat!("escudo/", env!("CARGO_PKG_VERSION")))
            .build()
            .into();
        // Without compression, so that the announced size is that of the file.
        let mut response = agent
            .get(url)
            .header("accept-encoding", "identity")
            .call()
            .map_err(|error| format!("`{url}` cannot be fetched: {error}"))?;
        let status = response.status();
        if status.as_u16() == 404 {
            return Err(format!("the server has no file at `{url}` (404)"));
        }
        if !status.is_success() {
            return Err(format!("the server answers `{url}` with status {}", status.as_u16()));
        }
        let size = response.body().content_length();
        if size.is_some_and(|size| size > self.limit) {
            return Err(self.too_large(url));
        }
        if let Some(progress) = self.progress {
            progress.started(url, size);
        }
        let folder = target.parent().ok_or_else(|| format!("`{}` is no place for a file", target.display()))?;
        let at_disk = |error: std::io::Error| format!("`{}` cannot be written: {error}", target.display());
        fs::create_dir_all(folder).map_err(at_disk)?;
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(at_disk)?;
        let mut body = response.body_mut().as_reader();
        let mut buffer = vec![0; 64 * 1024];
        let mut total = 0u64;
        let mut head = Vec::new();
        loop {
            let count =
                body.read(&mut buffer).map_err(|error| format!("the download of `{url}` broke off: {error}"))?;
            if count == 0 {
                break;
            }
            total += count as u64;
            if total > self.limit {
                return Err(self.too_large(url));
            }
            if head.len() < 64 {
                head.extend_from_slice(&buffer[..count.min(64)]);
            }
            file.write_all(&buffer[..count]).map_err(at_disk)?;
            if let Some(progress) = self.progress {
                progress.advanced(url, total);
            }
        }
        if size.is_some_and(|size| size != total) {
            return Err(format!("the download of `{url}` broke off after {total} bytes"));
        }
        if is_lfs_pointer(&head) {
            return Err(format!("`{url}` gives a Git LFS pointer, not the data itself; name its media URL"));
        }
        file.persist(target).map_err(|error| at_disk(error.error))?;
        Ok(())
    }

    fn too_large(&self, url: &str) -> String {
        format!("`{url}` is larger than the limit of {} bytes", self.limit)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::dataset::{Finder, Found};
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;
    use std::path::Path;

    /// Answers one request per entry, in order, and returns the server's address.
    fn serve(answers: Vec<&'static str>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for answer in answers {
                let (stream, _) = listener.accept().unwrap();
                let mut lines = BufReader::new(&stream);
                let mut line = String::new();
                while lines.read_line(&mut line).unwrap() > 2 {
                    line.clear();
                }
                (&stream).write_all(answer.as_bytes()).unwrap();
            }
        });
        format!("http://{address}")
    }

    fn finder(cache: &Path) -> Finder {
        Finder { cache: Some(cache.to_owned()), max_download: Some(100), ..Finder::default() }
    }

    #[test]
    fn a_download_is_kept() {
        let cache = tempfile::tempdir().unwrap();
        let server = serve(vec!["HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nabcd"]);
        let url = format!("{server}/datasets/t/a.log");
        let Found::Path(path) = finder(cache.path()).find(&url) else { panic!("not found") };
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "abcd");
        // The server is gone: this one comes from the cache.
        let offline = Finder { offline: true, ..finder(cache.path()) };
        assert_eq!(offline.find(&url), Found::Path(path));
    }

    #[test]
    fn failures_say_why_and_leave_nothing() {
        let table = [
            ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "(404)"),
            ("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", "status 500"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", "larger than the limit of 100 bytes"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nabc", "broke off"),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 43\r\n\r\nversion https://git-lfs.github.com/spec/v1\n",
                "Git LFS pointer",
            ),
            ("nonsense\r\n\r\n", "cannot be fetched"),
        ];
        for (answer, wanted) in table {
            let cache = tempfile::tempdir().unwrap();
            let server = serve(vec![answer]);
            match finder(cache.path()).find(&format!("{server}/datasets/t/a.log")) {
                Found::Path(path) => panic!("found {}", path.display()),
                Found::NotAvailable(reason) => assert!(reason.contains(wanted), "{reason}"),
            }
            let (files, _) = crate::events::files(cache.path(), &crate::events::Options::default());
            assert!(files.is_empty(), "{files:?}");
        }
    }
}
