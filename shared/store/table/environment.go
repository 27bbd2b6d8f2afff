package table

import (
	"errors"
	"os"
	"strconv"
	"time"

	"github.com/arxkeys/arxkeys/shared/lambda/log"
)

// DurationFromEnv returns the duration in the environment variable, such as 5s or 0, or the fallback if the
// variable is not set. An invalid, empty or negative value ends the program: a misconfigured function
// should not start.
func DurationFromEnv(name string, fallback time.Duration) time.Duration {
	return fromEnv(name, fallback, duration)
}

// DaysFromEnv returns the number of days in the environment variable, from 1 to 9999, as a duration, or the
// fallback if the variable is not set. An invalid or empty value ends the program.
func DaysFromEnv(name string, fallback time.Duration) time.Duration {
	return fromEnv(name, fallback, days)
}

func fromEnv(name string, fallback time.Duration, read func(text string) (time.Duration, error)) time.Duration {
	text, set := os.LookupEnv(name)
	if !set {
		return fallback
	}
	d, err := read(text)
	if err != nil {
		lambdalog.Fatal("invalid environment variable", "name", name, "value", text, "cause", err.Error())
	}
	return d
}

func duration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, errors.New("not a duration such as 5s, 1m or 0")
	}
	return d, nil
}

func days(text string) (time.Duration, error) {
	days, err := strconv.Atoi(text)
	if err != nil || days < 1 || days > 9999 {
		return 0, errors.New("not a number of days from 1 to 9999")
	}
	return time.Duration(days) * 24 * time.Hour, nil
}
