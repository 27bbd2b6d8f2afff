package schedules

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

var units = map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}

// Rate returns the interval of an EventBridge schedule expression such as rate(5 minutes). Any other expression is an
// error: the template does not use cron(…) and at(…), so they are not implemented.
func Rate(expression string) (time.Duration, error) {
	wrong := func(why string) (time.Duration, error) {
		return 0, fmt.Errorf("the schedule %q: %s", expression, why)
	}
	argument, isRate := strings.CutPrefix(expression, "rate(")
	argument, closed := strings.CutSuffix(argument, ")")
	if !isRate || !closed {
		return wrong("only rate(…) is supported, such as rate(5 minutes); add cron(…) and at(…) to infra/local/schedules first")
	}
	number, unit, _ := strings.Cut(argument, " ")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 {
		return wrong("a rate must be a whole number above 0, and minutes, hours or days")
	}
	length, ok := units[strings.TrimSuffix(unit, "s")]
	if !ok || (n == 1) == strings.HasSuffix(unit, "s") { // EventBridge requires 1 minute, but 2 minutes
		return wrong("write 1 minute, 5 minutes, 2 hours or 7 days")
	}
	return time.Duration(n) * length, nil
}
