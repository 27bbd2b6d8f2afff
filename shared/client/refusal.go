package client

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// unreachable classifies an error of the transport, which means that there was no response. It returns a
// problem unchanged. A change may have been made.
func unreachable(err error, changing bool) error {
	if problem.Of(err).Code != problem.Internal {
		return err
	}
	detail := "The API can’t be reached. Check the connection and try again."
	if changing {
		detail = "The API can’t be reached. The change may have been made. Check the connection and try again."
	}
	return problem.Because(problem.Unavailable, err, detail)
}

// refusal returns the problem in the response. A response without a problem document, such as one from a
// gateway in between, is classified by its status.
func refusal(in Response) *problem.Problem {
	p := problem.New(codeOf(in.Status), fmt.Sprintf("The API returned status %d without a problem document. Try again in a moment.", in.Status))
	if strings.HasPrefix(in.Get("Content-Type"), problem.MediaType) {
		var d problem.Document
		if err := json.Unmarshal(in.Body, &d); err == nil && d.Code != "" {
			p = d.Problem()
		}
	}
	p.RetryAfter = retryAfter(in.Get("Retry-After"))
	return p
}

// codeOf returns the first code with the status. An unknown status is an internal problem below 500, and
// unavailable above, because a gateway's 502 and 504 are temporary.
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

// retryAfter parses a Retry-After header (RFC 9110, section 10.2.3) in seconds, as the API sends it; it
// returns 0 for anything else.
func retryAfter(header string) time.Duration {
	seconds, err := strconv.Atoi(header)
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}
