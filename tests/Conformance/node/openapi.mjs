// Validates an OpenAPI document against the specification's own schema, with every reference resolved.
import SwaggerParser from '@apidevtools/swagger-parser';
import { serve } from './lines.mjs';

await serve({
  async validate({ document }) {
    const { openapi, paths } = await SwaggerParser.validate(document);
    return { openapi, operations: Object.values(paths).flatMap(path => Object.keys(path)).length };
  },
});
