package lifecycle

import "time"

// Retention is how long deleted resources stay readable before they are purged.
const Retention = 90 * 24 * time.Hour
