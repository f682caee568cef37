namespace Memento.Tests.Queries;

[Flags]
public enum Rights : byte
{
    None = 0,
    Read = 1,
    Write = 2,
    Grant = 128,
}
