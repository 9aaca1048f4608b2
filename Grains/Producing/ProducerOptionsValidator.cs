using Microsoft.Extensions.Options;

namespace DataProcessor.Grains.Producing;

[OptionsValidator]
internal sealed partial class ProducerOptionsValidator : IValidateOptions<ProducerOptions>;
