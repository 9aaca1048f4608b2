using DataProcessor.Silo.Hosting;
using Microsoft.Extensions.Options;

try
{
    await DataProcessorHost.Create(args).RunAsync();
    return 0;
}
catch (OptionsValidationException wrong)
{
    // The sentence is for the person who made the setting; a stack trace would hide it.
    await Console.Error.WriteLineAsync(string.Join(Environment.NewLine, wrong.Failures));
    return 1;
}
