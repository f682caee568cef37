using Memento.Hosting;

namespace Memento.Tests.Hosting;

public class DynamicCodeTests
{
    [Fact]
    public void Without_dynamic_code_the_error_names_the_line_to_add()
    {
        MementoException error = Assert.Throws<MementoException>(
            static () => DynamicCodeCheck.ThrowIfMissing(isSupported: false));

        Assert.Contains("'#:property PublishAot=false'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void With_dynamic_code_nothing_is_said()
        => DynamicCodeCheck.ThrowIfMissing(isSupported: true);
}
