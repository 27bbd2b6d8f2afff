package client

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// unreachable classifies an error of the transport: no answer came. A problem stays what it is. Of what was
// asked to change something, nobody knows whether it did.
func unreachable(err error, changing bool) error {
	if problem.Of(err).Code != problem.Internal {
		return err
	}
	detail := "The API can’t be reached. Check the connection and try again."
	if changing {
		detail = "The API can’t be reached, so nothing is known of what it did. Check the connection and try again."
	}
	return problem.Because(problem.Unavailable, err, detail)
}

// refusal returns the problem that the answer tells of. What is no problem document, as a gateway
// in between sends it, is classified by its status.
func refusal(in Response) *problem.Problem {
	p := problem.New(codeOf(in.Status), fmt.Sprintf("The API answered %d, and not in its own words. Try again in a moment.", in.Status))
	if strings.HasPrefix(in.Get("Content-Type"), problem.MediaType) {
		var d problem.Document
		if err := json.Unmarshal(in.Body, &d); err == nil && d.Code != "" {
			p = d.Problem()
		}
	}
	p.RetryAfter = retryAfter(in.Get("Retry-After"))
	return p
}

// codeOf returns the first code that shows with the status. A status of nobody's is an internal
// problem below 500 and an unavailable one above: a gateway's 502 and 504 pass.
func codeOf(status int) problem.Code {
	if status > 500 {
		return problem.Unavailable
	}
	for _, code := range problem.Codes() {
		if code.Status() == status {
			return code
		}
	}
	return problem.Internal
}

// retryAfter reads the header of the name (RFC 9110, section 10.2.3) where it holds seconds, as the
// API writes it; 0 elsewhere.
func retryAfter(header string) time.Duration {
	seconds, err := strconv.Atoi(header)
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}
