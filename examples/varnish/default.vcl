vcl 4.1;

import xkey;

backend default {
	.host = "127.0.0.1";
	.port = "3000";
}

# Where Directus sends from.
acl purgers {
	"127.0.0.1";
	"::1";
}

sub vcl_recv {
	if (req.method == "PURGE") {
		if (client.ip !~ purgers) {
			return (synth(403, "Forbidden"));
		}
		if (!req.http.xkey-purge) {
			return (synth(400, "No xkey-purge header"));
		}
		set req.http.purged = xkey.purge(req.http.xkey-purge);
		return (synth(200, "Purged " + req.http.purged));
	}
	# Pages are the same for everybody.
	unset req.http.Cookie;
}

sub vcl_backend_response {
	# No old page once more while a new one is made.
	set beresp.grace = 0s;
}

sub vcl_deliver {
	# Tags name fields: they are nobody's business.
	unset resp.http.xkey;
}
