package clientgen

// scheme is the data of the template for a scheme: the clientset's, or that of its fake, which exports less.
type scheme struct {
	*run
	Exported bool
	Extra    bool // register_custom.go has more types
}

func (r *run) scheme(exported bool) scheme {
	folder := folder{r, "scheme", "scheme"}
	return scheme{r, exported, exported && folder.isOthers("register_custom.go")}
}

// What the scheme's variables are called.
func (s scheme) Scheme() string         { return s.name("Scheme", "scheme") }
func (s scheme) Codecs() string         { return s.name("Codecs", "codecs") }
func (s scheme) ParameterCodec() string { return "ParameterCodec" }

func (s scheme) name(exported, unexported string) string {
	if s.Exported {
		return exported
	}
	return unexported
}
