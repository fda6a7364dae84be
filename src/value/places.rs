//! Where addresses are: a local database in MaxMind's format.

use std::net::IpAddr;
use std::sync::Arc;

/// A database of places. Cheap to clone.
#[derive(Clone)]
pub struct Places(Arc<maxminddb::Reader<Vec<u8>>>);

/// What a database says of an address.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// Name of the city.
    pub city: Option<String>,
    /// Name of the country.
    pub country: Option<String>,
    /// Name of the state or province.
    pub region: Option<String>,
    /// Degrees to the north.
    pub latitude: Option<f64>,
    /// Degrees to the east.
    pub longitude: Option<f64>,
    /// Name of the continent.
    pub continent: Option<String>,
    /// Number of the metropolitan area.
    pub metro: Option<u16>,
    /// Such as `Europe/Madrid`.
    pub zone: Option<String>,
}

impl Places {
    /// Reads the bytes of a database file.
    ///
    /// # Errors
    /// They are none; the message is an end of the sentence "the database cannot be read: ".
    pub fn new(bytes: Vec<u8>) -> Result<Self, String> {
        maxminddb::Reader::from_source(bytes).map(|reader| Self(Arc::new(reader))).map_err(|error| error.to_string())
    }

    /// What is known of an address, names in English; `None` if nothing is.
    pub fn find(&self, address: IpAddr) -> Option<Place> {
        use maxminddb::path;
        let found = self.0.lookup(address).ok()?;
        if !found.has_data() {
            return None;
        }
        let text = |path: &[maxminddb::PathElement<'_>]| found.decode_path::<String>(path).ok().flatten();
        let number = |path: &[maxminddb::PathElement<'_>]| found.decode_path::<f64>(path).ok().flatten();
        Some(Place {
            city: text(&path!["city", "names", "en"]),
            country: text(&path!["country", "names", "en"]),
            region: text(&path!["subdivisions", 0, "names", "en"]),
            latitude: number(&path!["location", "latitude"]),
            longitude: number(&path!["location", "longitude"]),
            continent: text(&path!["continent", "names", "en"]),
            metro: found.decode_path::<u16>(&path!["location", "metro_code"]).ok().flatten(),
            zone: text(&path!["location", "time_zone"]),
        })
    }
}

impl std::fmt::Debug for Places {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Places")
    }
}
