//! What the benches share: repeatable rolls for invented logs, without a dependency, and the fields of processes.

/// xorshift64.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

/// The fields that most detections of process starts read.
pub(crate) const PROCESS_FIELDS: [&str; 10] = [
    "dest",
    "original_file_name",
    "parent_process",
    "parent_process_id",
    "parent_process_name",
    "process",
    "process_hash",
    "process_id",
    "process_name",
    "user",
];
