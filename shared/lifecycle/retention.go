package lifecycle

import "time"

// Retention is how long what is deleted stays readable. After that it is purged.
const Retention = 90 * 24 * time.Hour
