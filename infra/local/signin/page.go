package signin

import (
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/zitadel/oidc/v3/pkg/oidc"
)

// The page consists of three files: HTML, CSS and the logo.
//
//go:embed page.html page.css mark.svg
var pageFiles embed.FS

var pages = template.Must(template.New("page.html").Funcs(template.FuncMap{"initial": initial}).ParseFS(pageFiles, "page.html"))

// page is what the sign-in page shows.
type page struct {
	Base    string // the path of the provider
	Request string // the id of the waiting request; "" if it no longer waits
	Email   string // as typed
	Unknown bool   // no person has this e-mail address
	Tenants []tenant
	Start   string // the URL for starting again
}

// tenant is an organisation with its people.
type tenant struct {
	Name   string
	People []Person
}

// signIn serves the page, and signs in the person that was chosen. There is no password: whoever can start the
// program can read its data anyway.
func (p *Provider) signIn(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, "Method not allowed", http.StatusMethodNotAllowed)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	id := r.FormValue("request")
	request, ok := p.arrivals.request(id)
	if !ok {
		p.show(w, http.StatusGone, page{}, "")
		return
	}
	view := page{Request: id, Email: r.PostFormValue("email")}
	if r.Method != http.MethodPost {
		p.show(w, http.StatusOK, view, request.RedirectURI)
		return
	}
	person, ok := find(view.Email)
	if !ok {
		view.Unknown = true
		p.show(w, http.StatusUnprocessableEntity, view, request.RedirectURI)
		return
	}
	code := p.arrivals.issue(request, entrance{Person: person, Client: request.ClientID, Scopes: request.Scopes, Nonce: request.Nonce, At: p.config.Now()})
	http.Redirect(w, r, back(request, code), http.StatusSeeOther)
}

// back returns the redirect URL with the code (RFC 6749, section 4.1.2).
func back(r oidc.AuthRequest, code string) string {
	more := url.Values{"code": {code}}
	if r.State != "" {
		more.Set("state", r.State)
	}
	return with(r.RedirectURI, more)
}

// show writes the page. The form is sent to the provider, which redirects to the console: browsers apply form-action to
// that redirect too.
func (p *Provider) show(w http.ResponseWriter, status int, view page, redirectURI string) {
	forms := "'self'"
	if origin, ok := origin(redirectURI); ok {
		forms += " " + origin
	}
	issuer, _ := url.Parse(p.config.Issuer) // New has parsed it
	view.Base, view.Start, view.Tenants = issuer.Path, p.startPage(), tenants()

	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action "+forms)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = pages.Execute(w, view) // an error means that the browser is gone
}

// tenants returns the people by organisation, in the order of the list.
func tenants() []tenant {
	var all []tenant
	for _, person := range people {
		i := slices.IndexFunc(all, func(t tenant) bool { return t.Name == person.Tenant })
		if i < 0 {
			i, all = len(all), append(all, tenant{Name: person.Tenant})
		}
		all[i].People = append(all[i].People, person)
	}
	return all
}

// initial returns the letter of a person's avatar.
func initial(p Person) string { return strings.ToUpper(p.Email[:1]) }

// servePageFile serves CSS and logo.
func servePageFile(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/page.css", "/mark.svg":
		http.ServeFileFS(w, r, pageFiles, r.URL.Path[1:])
	default:
		http.NotFound(w, r)
	}
}
