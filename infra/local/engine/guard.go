package engine

import (
	"bufio"
	"bytes"
	"crypto/subtle"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/loopback"
)

// headTimeout is how long a new connection may take to send its first request's header.
const headTimeout = 10 * time.Second

// guard protects an engine, which itself accepts everyone. It checks the first request of each connection, and from
// then on only forwards bytes: no other program, and no page in a browser, can send anything over that connection.
type guard struct {
	AccessKey string         // which callers must send; if empty, any is accepted
	Callers   []netip.Prefix // the networks that may connect; none means all
	Hosts     []string       // allowed host names, beside 127.0.0.1 and localhost
	Engine    string         // its host:port
}

// serve accepts connections until the listener is closed.
func (g guard) serve(l net.Listener) error {
	for {
		caller, err := l.Accept()
		if err != nil {
			return err
		}
		go g.carry(caller)
	}
}

func (g guard) carry(caller net.Conn) {
	defer caller.Close()
	caller.SetReadDeadline(time.Now().Add(headTimeout))
	var read bytes.Buffer // what was read from the connection before it was accepted
	request, err := http.ReadRequest(bufio.NewReader(io.TeeReader(io.LimitReader(caller, 1<<20), &read)))
	if read.Len() == 0 {
		return // no request yet: a client would take any response for that of its next request
	}
	if err != nil || !g.admitsFrom(caller.RemoteAddr()) || !g.admits(request) {
		io.WriteString(caller, "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Type: text/plain\r\nX-Content-Type-Options: nosniff\r\nContent-Length: 70\r\n\r\n"+
			"This is the database of Arxkeys on this machine. It requires the access key.")
		return
	}
	caller.SetReadDeadline(time.Time{})
	engine, err := net.Dial("tcp", g.Engine)
	if err != nil {
		return
	}
	defer engine.Close()
	if _, err := engine.Write(read.Bytes()); err != nil {
		return
	}
	go func() {
		io.Copy(engine, caller)
		engine.(*net.TCPConn).CloseWrite()
	}()
	io.Copy(caller, engine)
}

// admitsFrom reports whether the address is in a network that may connect. A machine of another network that routes
// packets to this one could connect otherwise, because Linux accepts them on every interface.
func (g guard) admitsFrom(address net.Addr) bool {
	from, ok := address.(*net.TCPAddr)
	return len(g.Callers) == 0 || ok && slices.ContainsFunc(g.Callers, func(n netip.Prefix) bool { return n.Contains(from.AddrPort().Addr().Unmap()) })
}

// admits reports whether the request is that of a DynamoDB client with the access key. A browser never sends such a
// request for a page: it adds headers that the page cannot remove.
func (g guard) admits(r *http.Request) bool {
	return r.Method == http.MethodPost && loopback.IsHost(r, g.Hosts...) && !loopback.FromBrowser(r) &&
		r.Header.Get("X-Amz-Target") != "" && g.knows(r.Header.Get("Authorization"))
}

// knows reports whether the credential scope of a Signature Version 4 contains the access key. The signature is not
// checked, because whoever knows the access key also knows the secret access key.
func (g guard) knows(authorization string) bool {
	scope, ok := strings.CutPrefix(authorization, "AWS4-HMAC-SHA256 Credential=")
	key, _, also := strings.Cut(scope, "/")
	return ok && also && (g.AccessKey == "" || subtle.ConstantTimeCompare([]byte(key), []byte(g.AccessKey)) == 1)
}
