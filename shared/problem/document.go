package problem

// MediaType is the content type of a [Document] (RFC 9457, section 3).
const MediaType = "application/problem+json"

// Document is a problem document (RFC 9457).
type Document struct {
	Type      string  `json:"type"` // Always about:blank, so the title is the status phrase.
	Title     string  `json:"title"`
	Status    int     `json:"status"`
	Code      Code    `json:"code"`
	Detail    string  `json:"detail"`
	Errors    []Field `json:"errors,omitempty"`
	RequestID string  `json:"request_id,omitempty"`
}

// Document returns the problem as a document, without its cause.
func (p *Problem) Document(requestID string) Document {
	title := outcomes[Internal].title
	if o, ok := outcomes[p.Code]; ok {
		title = o.title
	}
	return Document{
		Type: "about:blank", Title: title, Status: p.Code.Status(), Code: p.Code,
		Detail: p.Detail, Errors: p.Fields, RequestID: requestID,
	}
}

// Problem returns the problem of the document. Its cause contains the request id, so that the client's logs
// have it.
func (d Document) Problem() *Problem {
	p := &Problem{Code: d.Code, Detail: d.Detail, Fields: d.Errors}
	if d.RequestID != "" {
		p.cause = requestID(d.RequestID)
	}
	return p
}

// requestID is the cause of a problem that a server returned.
type requestID string

func (id requestID) Error() string { return "request " + string(id) }
