package table

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

// DurationFromEnv returns the duration, such as 5s or 0, that the environment variable holds, or the
// fallback where it is empty. Another text, or a negative duration, ends the program: a function
// that was set up wrong should not start.
func DurationFromEnv(name string, fallback time.Duration) time.Duration {
	text := os.Getenv(name)
	if text == "" {
		return fallback
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		fmt.Fprintf(os.Stderr, "%s: %q is no duration. Write it as 5s, 1m or 0.\n", name, text)
		os.Exit(1)
	}
	return d
}

// DaysFromEnv returns the number of days, from 1 to 9999, that the environment variable holds, or the
// fallback where it is empty. Another text ends the program.
func DaysFromEnv(name string, fallback time.Duration) time.Duration {
	text := os.Getenv(name)
	if text == "" {
		return fallback
	}
	days, err := strconv.Atoi(text)
	if err != nil || days < 1 || days > 9999 {
		fmt.Fprintf(os.Stderr, "%s: %q is no number of days. Write one from 1 to 9999.\n", name, text)
		os.Exit(1)
	}
	return time.Duration(days) * 24 * time.Hour
}
