"use strict";

// Nothing is asked of other servers: no validator, no other documents. Tokens are forgotten with the page.
window.ui = SwaggerUIBundle({
  dom_id: "#reference",
  url: "/api/openapi.json",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  operationsSorter: "alpha",
  persistAuthorization: false,
  queryConfigEnabled: false,
  tryItOutEnabled: true,
  validatorUrl: null,
});
